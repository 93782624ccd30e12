/* Everything the pointer does, by the keyboard. Single letters act only outside of fields and dialogs. */
import { redo, togglePin, undo, unplan } from "./actions.js";
import { say } from "./announce.js";
import { nodeOf, rove } from "./blocks.js";
import { $ } from "./dom.js";
import { cancelDrag } from "./drag.js";
import { cellKey, cells, frame } from "./frame.js";
import { gettext } from "./i18n.js";
import { lift } from "./lift.js";
import { aim, begin, end } from "./moving.js";
import { openMoveTo } from "./moveto.js";
import { placeCard } from "./preview.js";
import { editable, resting, state, update } from "./store.js";
import { openRoomSwap } from "./roomswap.js";
import { dropAll, pickAlso, several } from "./several.js";
import { pick, startSwap } from "./swapping.js";
import { openWhy } from "./why.js";
import { setZoom } from "./zoom.js";

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export const startKeyboard = () => document.addEventListener("keydown", pressed);

function pressed(event) {
  if (state.moving) return duringMove(event);
  if (event.target.closest("input, select, textarea, dialog, details[open]")) return leaveField(event);
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
    event.preventDefault();
    return event.shiftKey || key === "y" ? redo() : undo();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const block = event.target.closest(".blk, .card[data-id]");
  const id = block ? Number(block.dataset.id) : state.selected;
  if (ARROWS[event.key] && block?.matches(".blk")) {
    event.preventDefault();
    if (event.shiftKey) return extend(id, ARROWS[event.key]);
    return walk(id, ARROWS[event.key]);
  }
  if (act(key, event, id)) event.preventDefault();
  return undefined;
}

function leaveField(event) {
  if (event.key === "Escape" && event.target.id === "query") update({ query: "" });
}

/** Returns whether the key was one of ours. */
function act(key, event, id) {
  const many = several();
  if (many.length > 1 && editable()) {
    if (key === "l") return togglePin(...many), true;
    if (key === "delete" || key === "backspace") return unplan(...many), true;
  }
  if (id && key === "e") return openWhy(id), true;
  if (id && editable()) {
    if (key === "m") return event.shiftKey ? (openMoveTo(id), true) : (startMove(id), true);
    if (key === "x" && state.placements.has(id)) return event.shiftKey ? openRoomSwap(state.placements.get(id)) : startSwap(id), true;
    if (key === "l" && state.placements.has(id)) return togglePin(id), true;
    if ((key === "delete" || key === "backspace") && state.placements.has(id)) return unplan(id), true;
  }
  if (/^[1-7]$/.test(key) && state.grid.days[key - 1]) return update({ view: "day", day: state.grid.days[key - 1].date }), true;
  const plain = {
    escape: back, s: () => update({ view: "week" }), c: () => $("#compare")?.click(), p: () => $("#toggle-dock").click(),
    "?": () => $("#help").click(), "/": () => { update({ tab: "wait" }); $("#query")?.focus(); },
    "+": () => setZoom(state.zoom + 0.2), "=": () => setZoom(state.zoom + 0.2), "-": () => setZoom(state.zoom - 0.2), 0: () => setZoom(1),
  }[key];
  plain?.();
  return Boolean(plain);
}

function back() {
  if (state.picked.size) return dropAll();
  if (state.isolated.size) return update({ isolated: new Set() });
  if (!state.selected) return undefined;
  const node = nodeOf(state.selected);
  update({ selected: null, tab: state.tab === "item" ? resting() : state.tab });
  return node?.focus();
}

/** From block to block: along time inside a room-day, or to the nearest hour of the next one that has any. */
function neighbour(id, [dx, dy]) {
  const now = frame();
  const placed = cells();
  const here = state.placements.get(id);
  const day = now.view === "day";
  const [along, across] = day ? [dx, dy] : [dy, dx];
  const list = placed.get(cellKey(here.date, here.room));
  let next = null;
  if (along) next = list[list.indexOf(here) + along];
  else {
    const lanes = day ? now.rooms.map((room) => ({ date: now.day, room })) : now.columns;
    let lane = lanes.findIndex((each) => each.date === here.date && each.room === here.room) + across;
    while (lanes[lane] && !placed.has(cellKey(lanes[lane].date, lanes[lane].room))) lane += across;
    const others = lanes[lane] ? placed.get(cellKey(lanes[lane].date, lanes[lane].room)) : [];
    next = [...others].sort((a, b) => Math.abs(a.start - here.start) - Math.abs(b.start - here.start))[0];
  }
  return next?.intervention ?? null;
}

/** Shift and an arrow: the next block joins the choice, or leaves it when it was its last. */
function extend(id, arrow) {
  const next = neighbour(id, arrow);
  if (!next || !editable()) return;
  if (!state.picked.has(id) && state.selected !== id) update({ picked: new Set(), selected: id });
  pickAlso(next);
  rove(next);
  nodeOf(next)?.focus();
}

function walk(id, arrow) {
  const next = neighbour(id, arrow);
  const node = next && nodeOf(next);
  if (!node) return;
  rove(next);
  node.focus();
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (state.tab === "item") update({ selected: next });
}

/** M: the block starts from its place, or from the server's cheapest one when it has none. */
export async function startMove(id) {
  if (!begin(id, "keys")) return;
  const { origin } = state.moving;
  say(gettext("Déplacement : flèches pour choisir, Entrée pour poser, Échap pour annuler."));
  let place = origin && { date: origin.date, room: origin.room, start: origin.start };
  if (!place) {
    const { best } = await lift(id).catch(() => ({ best: [] }));
    const [first] = best;
    const { dates, rooms, axis } = frame();
    place = first ? { date: first.date, room: first.room, start: first.start } : { date: dates[0], room: rooms[0], start: axis.opens };
  }
  if (state.moving?.id === id) go(place);
}

function go(place) {
  const { view, day } = state;
  const patch = {};
  if (view === "day" && place.date !== day) patch.day = place.date;
  const group = state.group === "day" ? place.date : place.room;
  if (view === "week" && state.focus !== null && state.focus !== group) patch.focus = group;
  if (Object.keys(patch).length) update(patch);
  aim(place);
  const outline = $(".pv");
  if (!outline) return;
  outline.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = outline.getBoundingClientRect();
  placeCard(box.right - 8, box.top - 4);
}

function duringMove(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    cancelDrag();
    end(false);
    return;
  }
  const { mode, partner, id } = state.moving;
  if (mode !== "keys" && mode !== "pick") return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (mode === "keys" || partner) end(true);
    return;
  }
  const arrow = ARROWS[event.key];
  if (arrow && mode === "pick") {
    event.preventDefault();
    let next = neighbour(partner ?? id, arrow);
    if (next === id) next = neighbour(id, arrow);
    if (next) pick(next);
    return;
  }
  if (!arrow || !state.moving.place) return;
  event.preventDefault();
  step(arrow, event.shiftKey);
}

function step([dx, dy], shift) {
  const now = frame();
  const { place, minutes } = state.moving;
  const day = now.view === "day";
  const [time, lane] = day ? [dx, dy] : [dy, dx];
  if (time) {
    const start = place.start + time * (shift ? 30 : now.axis.step);
    go({ ...place, start: Math.max(now.axis.opens, Math.min(now.axis.closes - minutes, start)) });
  } else if (shift) {
    const index = now.dates.indexOf(place.date) + lane;
    if (now.dates[index]) go({ ...place, date: now.dates[index] });
  } else {
    const lanes = day ? now.rooms.map((room) => ({ date: now.day, room })) : now.columns;
    const next = lanes[lanes.findIndex((each) => each.date === place.date && each.room === place.room) + lane];
    if (next) go({ ...place, date: next.date, room: next.room });
  }
}
