/* What lies behind an indicator: a small list under its tile; each line leads to its block, its card or its room. */
import { complain, say } from "./announce.js";
import { get } from "./api.js";
import { nodeOf } from "./blocks.js";
import { $, $$, el } from "./dom.js";
import { date as dayName, gettext } from "./i18n.js";
import { byId, state, update } from "./store.js";
import { compareWith, reference } from "./compare.js";

const FLASH = 2400;
let opener = null;

/** Opens the list of `key` under its tile, or closes it when it is the one open. */
export async function openCauses(key, tile) {
  const box = $("#causes");
  if (box.matches(":popover-open") && box.dataset.key === key) return box.hidePopover();
  opener = tile;
  try {
    const answer = await get(`plans/${state.plan.id}/causes/?indicator=${key}`);
    draw(box, answer);
    box.showPopover();
    place(box, $(`.k[data-key="${key}"]`) ?? tile);
    (box.querySelector("li button") ?? box).focus();
    say(answer.title);
  } catch (error) {
    complain(error);
  }
  return undefined;
}

function draw(box, { key, title, note, lines }) {
  box.dataset.key = key;
  box.replaceChildren(
    el("h2", { id: "causes-title", text: title }),
    note ? el("p", { class: "mut", text: note }) : "",
    lines.length ? el("ul", {}, lines.map((line) => el("li", {}, row(line)))) : "",
    key === "gap" && reference() ? el("p", {}, el("button", { type: "button", class: "btn sm", text: gettext("Voir les écarts à la proposition"), on: { click: () => { box.hidePopover(); compareWith(reference()); } } })) : "");
}

function row(line) {
  const intervention = line.intervention && byId("interventions", line.intervention);
  const light = () => nodeOf(line.intervention)?.classList.add("hinted");
  const dark = () => { for (const node of $$(".blk.hinted")) node.classList.remove("hinted"); };
  return el("button", {
    type: "button", class: intervention ? `s-${byId("specialties", intervention.specialty)?.colour}` : "",
    on: { click: () => jump(line), mouseenter: light, focus: light, mouseleave: dark, blur: dark },
  }, el("i"), el("b", { text: line.text }), el("span", { class: "amt", text: line.amount }), el("small", { text: line.detail }));
}

function jump({ intervention, room, date }) {
  $("#causes").hidePopover();
  if (intervention) {
    update({ selected: intervention, tab: "item", reveal: intervention });
    (nodeOf(intervention) ?? $("#tab-item")).focus();
    return;
  }
  show(date, room);
}

/** A room-day brought in sight and outlined for a moment. */
function show(date, room) {
  const { view, group, focus } = state;
  if (view === "day") update({ day: date });
  else if (focus !== null) update({ focus: group === "day" ? date : room });
  const column = $$("#cols .col").find((each) => each.dataset.date === date && Number(each.dataset.room) === room);
  if (!column) return;
  column.scrollIntoView({ block: "nearest", inline: "nearest" });
  column.classList.add("flash");
  setTimeout(() => column.classList.remove("flash"), FLASH);
  say(`${byId("rooms", room).code}, ${dayName(date, "long")}`);
}

function place(box, tile) {
  const corner = tile.getBoundingClientRect();
  const left = Math.max(8, Math.min(corner.left, innerWidth - box.offsetWidth - 8));
  box.style.setProperty("left", `${left}px`);
  box.style.setProperty("top", `${corner.bottom + 4}px`);
}

export function startCauses() {
  const box = $("#causes");
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation(); // single letters are not for the grid behind
    if (!step) return;
    event.preventDefault();
    const lines = $$("li button", box);
    lines[(lines.indexOf(document.activeElement) + step + lines.length) % lines.length]?.focus();
  });
  box.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    for (const tile of $$(".k[data-key]")) tile.setAttribute("aria-expanded", String(open && tile.dataset.key === box.dataset.key));
    if (!open && (box.contains(document.activeElement) || document.activeElement === document.body)) $(`.k[data-key="${opener?.dataset.key}"]`)?.focus();
  });
}
