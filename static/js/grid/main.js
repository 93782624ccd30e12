/* The weekly grid: reads the embedded answer of the server, draws it, and wires the widgets to the state. */
import { complain } from "./announce.js";
import { startCauses } from "./causes.js";
import { get } from "./api.js";
import { nodeOf, renderBlocks } from "./blocks.js";
import { renderColumns } from "./columns.js";
import { renderGhosts } from "./compare.js";
import { $, el } from "./dom.js";
import { startDragging } from "./drag.js";
import { firstGroup, renderFooter, startFooter } from "./footer.js";
import { narrow } from "./frame.js";
import { renderHeads } from "./heads.js";
import { startHelp } from "./help.js";
import { gettext, timeZone } from "./i18n.js";
import { renderNow } from "./now.js";
import { renderKpis } from "./kpis.js";
import { repaint } from "./moving.js";
import { paintSelection } from "./painting.js";
import { renderPanel, startPanel } from "./panel.js";
import { startPulse } from "./pulse.js";
import { startRoomDrag } from "./roomswap.js";
import { renderRecovery } from "./recovery.js";
import { followRun, startRun } from "./run.js";
import { editable, resting, setGrid, state, subscribe, update } from "./store.js";
import { pickAlso } from "./several.js";
import { startSwapping } from "./swapping.js";
import { startTip } from "./tip.js";
import { renderTopbar, startTopbar } from "./topbar.js";
import { startKeyboard } from "./keyboard.js";
import { renderZoom, startZoom } from "./zoom.js";

const LAYOUT = ["grid", "placements", "view", "day", "group", "focus", "zoom"];

function wire() {
  subscribe(LAYOUT, () => {
    document.documentElement.classList.toggle("dayview", state.view === "day");
    document.documentElement.classList.toggle("viewonly", !editable());
    $("#canvas").style.setProperty("--columns", String(state.grid.days.length * state.grid.rooms.length));
    $("#body").style.setProperty("--hours", String((state.grid.axis.closes - state.grid.axis.opens) / 60));
    renderColumns();
    renderHeads();
  });
  subscribe(["grid", "live", "view", "day"], renderRecovery);
  subscribe(["zoom", "view"], renderZoom);
  subscribe([...LAYOUT, "selected", "picked", "query", "isolated", "comparing", "moving"], renderBlocks);
  subscribe(["grid", "live", "preview", "placements"], renderKpis);
  subscribe(["grid", "live", "placements", "selected", "picked", "tab", "query", "sort", "isolated", "comparing"], renderPanel);
  subscribe(["grid", "view", "day"], renderNow);
  subscribe(["grid", "plan", "live", "placements", "view", "comparing"], renderTopbar);
  subscribe(["grid", "isolated", "group"], renderFooter);
  subscribe(["run", "grid", "comparing"], followRun);
  subscribe([...LAYOUT, "comparing"], () => requestAnimationFrame(renderGhosts));
  subscribe(LAYOUT, repaint);
  subscribe([...LAYOUT, "selected", "moving", "plan", "comparing"], paintSelection);
  subscribe(["reveal"], reveal);
  subscribe(["grid"], renderEmpty);
}

function reveal() {
  const placement = state.placements.get(state.reveal);
  if (!placement) return;
  if (state.view === "day" && state.day !== placement.date) update({ day: placement.date });
  nodeOf(state.reveal)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function renderEmpty() {
  const { slots, rooms, interventions } = state.grid;
  const box = $("#empty");
  box.hidden = slots.length > 0 && rooms.length > 0;
  if (!rooms.length) box.replaceChildren(message(gettext("Aucune salle en service"), gettext("Ajoutez une salle pour planifier."), "rooms"));
  else if (!slots.length) box.replaceChildren(message(gettext("Aucune plage cette semaine"), gettext("Rien ne peut être planifié tant que les plages de la semaine ne sont pas écrites, d'après le plan directeur ou une à une."), "slots"));
  else if (!interventions.length) box.replaceChildren();
}

function message(title, text, link) {
  const href = $("#week").dataset[link];
  return el("div", { class: "nothing" }, el("b", { text: title }), el("span", { text }),
    href ? el("a", { class: "btn strong", href, text: link === "rooms" ? gettext("Voir les salles") : gettext("Écrire les plages") }) : null);
}

function startSelection() {
  document.addEventListener("click", (event) => {
    const block = event.target.closest(".blk, .card[data-id]");
    if (!block) return undefined;
    const id = Number(block.dataset.id);
    if (event.shiftKey && block.matches(".blk")) {
      pickAlso(id);
      return nodeOf(id)?.focus({ preventScroll: true });
    }
    const again = state.selected === id && state.tab === "item";
    update({ picked: new Set(), ...(again ? { selected: null, tab: resting() } : { selected: id, tab: "item" }) });
    return nodeOf(id)?.focus({ preventScroll: true });
  });
}

function startResize() {
  let timer = null;
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const small = narrow();
      if (small && state.focus === null) update({ focus: firstGroup(state.group) });
      else update({ focus: small ? state.focus : null });
      renderZoom();
    }, 80);
  });
}

async function load() {
  const week = $("#week").dataset.week;
  const embedded = document.getElementById("grid-data");
  const grid = embedded ? JSON.parse(embedded.textContent) : await get(`weeks/${week}/grid/${location.search}`);
  const now = new Date().toLocaleDateString("sv", { timeZone }); // Sweden writes ISO dates
  const today = grid.days.some((day) => day.date === now) ? now : grid.days[0]?.date;
  // Without drafts there is nothing waiting and nothing to compare: only the sheet.
  for (const tab of grid.rights.see_drafts ? [] : ["#tab-wait", "#tab-diff", "#tab-log"]) $(tab).hidden = true;
  Object.assign(state, { tab: grid.rights.see_drafts ? "wait" : "item", day: today ?? null, focus: narrow() ? today ?? null : null });
  wire();
  setGrid(grid);
  startFooter();
  renderZoom();
  for (const start of [startTopbar, startPanel, startZoom, startRun, startHelp, startTip, startDragging, startRoomDrag, startCauses, startSwapping, startKeyboard, startSelection, startResize, startPulse]) start();
  $("#week").removeAttribute("aria-busy");
}

load().catch(complain);
