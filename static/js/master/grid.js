/* Rooms by weekdays: today as a thin strip above, the draft as blocks below, on the same hours. */
import { $, el, icon } from "../grid/dom.js";
import { clock, duration, fill, gettext, percent } from "../grid/i18n.js";
import { hours } from "./format.js";
import { across, dayOf, ownerOf, shown, state } from "./store.js";

const HOLE = 120;

export function renderGrid() {
  const { board, week, view } = state;
  const grid = $("#mgrid");
  const focused = document.activeElement?.closest?.("#mgrid .sl")?.dataset.id;
  const { scrollTop, scrollLeft } = grid;
  grid.className = `mgrid ${view}`;
  grid.style.setProperty("--days", String(board.days.length));
  grid.style.setProperty("--rooms", String(board.rooms.length));
  const slots = shown();
  const now = board.now.filter((slot) => slot.week === week);
  grid.replaceChildren(el("div", { class: "dh" }), ...board.days.map((day) => head(day, slots)),
    ...board.rooms.flatMap((room) => [roomHead(room), ...board.days.map((day) => cell(room, day, slots, now))]));
  const stop = slots.find((slot) => slot.id === state.selected) ?? slots[0];
  if (stop) $(`.sl[data-id="${stop.id}"]`)?.setAttribute("tabindex", "0");
  grid.scrollTo(scrollLeft, scrollTop);
  if (focused) $(`.sl[data-id="${focused}"]`)?.focus({ preventScroll: true });
}

function head(day, slots) {
  const offered = slots.filter((slot) => slot.weekday === day.weekday).reduce((sum, slot) => sum + slot.end - slot.start, 0);
  return el("div", { class: "dh" }, el("b", { text: day.label }), el("span", { text: hours(offered) }));
}

const roomHead = (room) => el("div", { class: "rn", title: room.equipment.join(", ") }, el("b", { text: room.code }), room.equipment.slice(0, 2).map((name) => el("small", { text: name })));

function cell(room, day, slots, now) {
  const here = (slot) => slot.room === room.id && slot.weekday === day.weekday;
  const mine = slots.filter(here);
  return el("div", { class: "cell", data: { room: room.id, weekday: day.weekday } },
    now.filter(here).map(strip), mine.map(block), holes(room, mine).map((hole) => adder(room, day, hole)), el("span", { class: "rs", "aria-hidden": "true" }));
}

const span = (slot) => ({ left: across(slot.start), width: `calc(${across(slot.end)} - ${across(slot.start)})` });

function strip(slot) {
  const owner = ownerOf(slot.owner);
  return el("div", { class: `td s-${owner.colour} ${slot.gone ? "gone" : ""}`, style: span(slot), title: fill(gettext("Aujourd'hui : %(owner)s, %(start)s–%(end)s"), { owner: owner.name, start: clock(slot.start), end: clock(slot.end) }) },
    el("span", { text: owner.code }), owner.kind === "surgeon" ? el("em", { text: owner.name }) : null);
}

export function spoken(slot) {
  const owner = ownerOf(slot.owner);
  const parts = [owner.kind === "surgeon" ? `${owner.code}, ${owner.name}` : owner.name, dayOf(slot.weekday), state.board.rooms.find((room) => room.id === slot.room).code, `${clock(slot.start)}–${clock(slot.end)}`];
  if (slot.changed) parts.push(gettext("changée"));
  if (slot.pinned) parts.push(gettext("verrouillée"));
  if (slot.use !== null) parts.push(fill(gettext("utilisée à %(share)s"), { share: percent(slot.use) }));
  if (slot.verdict.status !== "ok") parts.push(slot.verdict.text);
  return parts.join(", ");
}

function block(slot) {
  const owner = ownerOf(slot.owner);
  const classes = ["sl", `s-${owner.colour}`, slot.changed ? "chg" : "", slot.verdict.status, state.selected === slot.id ? "sel" : ""].join(" ");
  const mark = slot.verdict.status !== "ok" ? icon("alert", slot.verdict.status) : slot.pinned ? icon("lock") : slot.changed ? icon("swap") : null;
  return el("button", { type: "button", class: classes, tabindex: "-1", style: span(slot), data: { id: slot.id }, "aria-label": spoken(slot), title: spoken(slot) },
    el("span", { class: "x" }, el("b", {}, owner.code, mark), el("span", { class: owner.kind === "surgeon" ? "nm who" : "nm", text: owner.name }), el("span", { text: duration(slot.end - slot.start) })), useBar(slot));
}

/** Full: what was observed. Hatched: what the specialty's need would make of it. */
function useBar(slot) {
  const share = slot.use ?? slot.expected;
  if (share === null) return null;
  return el("span", { class: slot.use === null ? "u guess" : "u" }, el("i", { style: { width: `${Math.round(share * 100)}%` } }));
}

function holes(room, slots) {
  const { opens, closes } = state.board.axis;
  const found = [];
  let from = Math.max(opens, room.opens);
  for (const slot of [...slots].sort((a, b) => a.start - b.start)) {
    if (slot.start - from >= HOLE) found.push([from, slot.start]);
    from = Math.max(from, slot.end);
  }
  const end = Math.min(closes, room.closes);
  if (end - from >= HOLE) found.push([from, end]);
  return found;
}

function adder(room, day, [start, end]) {
  if (!state.board.editable) return null;
  const label = fill(gettext("Ouvrir une vacation : %(day)s, %(room)s, %(start)s–%(end)s"), { day: day.label, room: room.code, start: clock(start), end: clock(end) });
  return el("button", { type: "button", class: "add", style: span({ start, end }), "aria-label": label, title: label, tabindex: "-1", data: { start, end } }, icon("plus"));
}
