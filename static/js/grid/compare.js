/* Two versions on one grid: dashed ghosts for the other one, a link from before to after. */
import { complain } from "./announce.js";
import { get } from "./api.js";
import { $, el, setStyle, svg } from "./dom.js";
import { frame } from "./frame.js";
import { box } from "./geometry.js";
import { byId, state, update } from "./store.js";
import { nodeOf } from "./blocks.js";
import { splitCode } from "./names.js";

/** The version this plan is read against: what it came from, or the one before it. */
export function reference() {
  const { plan, grid } = state;
  if (!plan) return null;
  const others = grid.versions.filter((version) => version.id !== plan.id);
  const approved = others.find((version) => version.status === "approved" && version.number > plan.number);
  return approved ?? others.find((version) => version.id === plan.base_id) ?? others.filter((version) => version.number < plan.number).at(-1) ?? null;
}

/**
 * `proposal`: the other version is an offer, and its lines can be accepted.
 * Else it is a past version, and the lines tell what has changed since.
 */
export async function compareWith(version, { proposal = false } = {}) {
  const [after, before] = proposal ? [version.id, state.plan.id] : [state.plan.id, version.id];
  try {
    const { lines, summary } = await get(`plans/${after}/difference/?with=${before}`);
    update({ comparing: { version, proposal, lines, summary, kept: new Set(lines.map((line) => line.intervention)), hot: null }, tab: "diff", view: "week" });
  } catch (error) {
    complain(error);
  }
}

export const stopComparing = () => update({ comparing: null, tab: state.tab === "diff" ? "wait" : state.tab });

export function toggleCompare() {
  if (state.comparing) return stopComparing();
  const version = reference();
  return version && compareWith(version);
}

export function renderGhosts() {
  document.documentElement.classList.toggle("comparing", Boolean(state.comparing));
  $("#ghosts").replaceChildren();
  $("#links").replaceChildren();
  if (!state.comparing) return;
  const { lines, proposal, version, hot } = state.comparing;
  const now = frame();
  for (const line of lines) {
    const elsewhere = proposal ? line.to : line.from;
    const intervention = byId("interventions", line.intervention);
    const minutes = state.placements.get(line.intervention)?.minutes ?? intervention?.minutes;
    if (!elsewhere || !intervention) continue;
    const where = box(now, elsewhere.date, elsewhere.room, elsewhere.start, elsewhere.start + minutes);
    if (!where) continue;
    const ghost = el("div", { class: `gho ${hot === line.intervention ? "hi" : ""}` }, splitCode(intervention)[1], el("small", { text: `v${version.number}` }));
    setStyle(ghost, where);
    $("#ghosts").append(ghost);
    if (line.kind === "moved") link(ghost, nodeOf(line.intervention), proposal, hot === line.intervention);
  }
}

/** A curve from the old place to the new one; before and after depend on which of the two is the ghost. */
function link(ghost, block, proposal, hot) {
  if (!block) return;
  const frameBox = $("#body").getBoundingClientRect();
  const corner = block.getBoundingClientRect();
  const target = { left: block.offsetLeft, top: block.offsetTop, width: corner.width, height: corner.height };
  const seen = ghost.getBoundingClientRect();
  const other = { left: seen.left - frameBox.left, top: seen.top - frameBox.top, width: seen.width, height: seen.height };
  const [from, to] = proposal ? [target, other] : [other, target];
  const right = to.left >= from.left;
  const sign = right ? 1 : -1;
  const x1 = from.left + (right ? from.width - 3 : 3);
  const y1 = from.top + Math.min(18, from.height / 2);
  const x2 = to.left + (right ? 0 : to.width);
  const y2 = to.top + Math.min(18, to.height / 2);
  const bend = Math.max(24, Math.abs(x2 - x1) * 0.4) * sign;
  $("#links").append(svg("g", { class: hot ? "hi" : "" },
    svg("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5 * sign} ${y2}` }),
    svg("path", { class: "h", d: `M${x2} ${y2}l${-8 * sign} -4.5v9z` }), svg("circle", { class: "h", cx: x1, cy: y1, r: 2.5 })));
}
