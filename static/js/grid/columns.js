/* What lies behind the blocks: one column a room-day with its slots, their free time, its closures, its overtime. */
import { $, el, setStyle } from "./dom.js";
import { cellKey, cells, frame, load, specialtyClass } from "./frame.js";
import { at, box, holes, span } from "./geometry.js";
import { clock, fill, gettext, shortDuration } from "./i18n.js";
import { byId, state } from "./store.js";

/** Shortest free stretch worth naming, in minutes. */
const NAMED = 40;

export function renderColumns() {
  const now = frame();
  const placed = cells();
  const columns = now.view === "day" ? rows(now) : now.columns;
  $("#cols").replaceChildren(
    ...columns.map((column) => renderColumn(now, column, placed.get(cellKey(column.date, column.room)) ?? [])),
    closingLine(now),
  );
}

const rows = (now) => now.rooms.map((room, index) => ({ date: now.day, room, index: 1, size: now.rooms.length, row: index }));

function renderColumn(now, { date, room, index, size }, placements) {
  const axis = now.axis;
  const bounds = box(now, date, room, axis.opens, axis.closes);
  const edges = `${index === 0 ? "first" : ""} ${index === size - 1 ? "last" : ""}`;
  const column = el("div", { class: `col ${edges}`, data: { date, room }, style: bounds });
  const stretch = (from, to) => along(now, from, to);
  column.append(el("div", { class: "otz", style: stretch(axis.regular_end, axis.closes) }));
  for (const slot of state.grid.slots) {
    if (slot.date === date && slot.room === room) column.append(...renderSlot(now, slot, placements));
  }
  column.append(el("div", { class: "hours" }));
  const { overtime, end } = load(date, room, placements);
  if (overtime) column.append(el("div", { class: "otl", style: edge(now, end), text: `+${shortDuration(overtime)}` }));
  column.append(...closures(now, date, room));
  return column;
}

function renderSlot(now, slot, placements) {
  const owner = ownerOf(slot);
  const gone = slot.surgeon && byId("surgeons", slot.surgeon)?.days[slot.date]?.reason;
  const classes = `${owner.colour} ${slot.surgeon ? "named" : ""} ${slot.kind} ${gone ? "gone" : ""}`;
  const parts = [];
  const named = slot.kind === "regular" || slot.kind === "reserve";
  if (named) {
    parts.push(el("div", { class: `band ${classes}`, title: slotTitle(slot, owner) + (gone ? ` · ${fill(gettext("absent : %(reason)s"), { reason: gone })}` : ""), style: along(now, slot.start, slot.end) }));
  } else {
    // Also the exceptional ones, in the middle of the day.
    parts.push(el("div", { class: "otz", title: slotTitle(slot, owner), style: along(now, slot.start, slot.end) }));
  }
  const busy = placements.map((placement) => [placement.start, placement.start + placement.minutes]);
  const longest = holes(slot.start, slot.end, busy).sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
  if (named && longest && longest[1] - longest[0] >= NAMED) {
    const minutes = longest[1] - longest[0];
    parts.push(el("div", { class: `free ${owner.colour}`, style: along(now, ...longest) },
      el("b", { text: owner.short }), minutes >= 60 || now.view === "day" ? el("span", { text: shortDuration(minutes) }) : null));
  }
  return parts;
}

export function ownerOf(slot) {
  if (slot.kind === "reserve") return { short: gettext("RES"), name: gettext("gardée pour les urgences différées"), colour: "s-any" };
  const surgeon = slot.surgeon && byId("surgeons", slot.surgeon);
  const specialty = byId("specialties", slot.specialty ?? surgeon?.specialty);
  const short = [specialty?.code, surgeon?.trigram].filter(Boolean).join(" ");
  return {
    short: short || gettext("libre"),
    name: surgeon?.name || specialty?.name || gettext("ouverte à tous"),
    colour: specialty ? specialtyClass(specialty.id) : "s-any",
  };
}

const slotTitle = (slot, owner) =>
  fill(gettext("Plage de %(start)s à %(end)s : %(owner)s"), { start: clock(slot.start), end: clock(slot.end), owner: owner.name });

function closures(now, date, room) {
  const { axis } = now;
  const whole = state.grid.closures.find((closure) => closure.date === date && closure.room === room);
  if (whole) return [shut(now, axis.opens, axis.closes, whole.reason || gettext("Fermée"))];
  const slots = state.grid.slots.filter((slot) => slot.date === date && slot.room === room);
  if (!slots.length) return [shut(now, axis.opens, axis.closes, gettext("Sans plage"), "noslot")];
  const busy = slots.map((slot) => [slot.start, slot.end]);
  return holes(axis.opens, axis.closes, busy).filter(([from, to]) => to - from >= 30).map(([from, to]) => shut(now, from, to, "", "noslot"));
}

const shut = (now, from, to, reason, kind = "") =>
  el("div", { class: `shut ${kind}`, title: reason || gettext("Sans plage"), style: along(now, from, to) },
    reason ? el("span", { text: reason }) : null);

/** Where a stretch of time lies inside its own column (week) or row (day). */
export function along(now, from, to) {
  return now.view === "day"
    ? { left: at(now.axis, from), width: span(now.axis, from, to), top: "0", bottom: "0" }
    : { top: at(now.axis, from), height: span(now.axis, from, to) };
}

const edge = (now, end) =>
  now.view === "day" ? { left: at(now.axis, end), top: "0", bottom: "0" } : { top: at(now.axis, end) };

function closingLine(now) {
  const line = el("div", { class: "close" });
  const where = at(now.axis, now.axis.regular_end);
  setStyle(line, now.view === "day" ? { left: where, top: "0", bottom: "0" } : { top: where, left: "0", right: "0" });
  return line;
}
