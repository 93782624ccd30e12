/* Above and beside the columns: days, rooms, hours; while a block is lifted, the answer of each room. */
import { $, $$, el, icon } from "./dom.js";
import { cellKey, cells, frame, load, narrow } from "./frame.js";
import { at, left, width } from "./geometry.js";
import { clock, date, fill, gettext, ngettext, number, percent, duration } from "./i18n.js";
import { levelOf } from "./level.js";
import { byId, state, update } from "./store.js";

export function renderHeads() {
  const now = frame();
  const placed = cells();
  const day = now.view === "day";
  $("#heads").replaceChildren(...(day ? hourHeads(now) : [...now.columns.map((column) => roomHead(now, column, placed)), ...now.groups.map((group) => groupHead(now, group))]));
  $("#axis").replaceChildren(...(day ? now.rooms.map((room, row) => roomRow(now, room, row, placed)) : hours(now)));
  $("#corner").replaceChildren(...(day ? [dayTabs(now)] : []));
}

const roomOf = (id) => byId("rooms", id);

function roomHead(now, column, placed) {
  const { offered, used, overtime } = load(column.date, column.room, placed.get(cellKey(column.date, column.room)));
  const share = offered ? used / offered : 0;
  const label = state.group === "room" ? date(column.date, "weekday").slice(0, 3) : roomOf(column.room).code;
  const tight = narrow() && state.focus !== null && state.focus !== column.group;
  const title = offered
    ? fill(gettext("%(room)s, %(day)s : occupée à %(share)s %"), { room: roomOf(column.room).code, day: date(column.date, "long"), share: number(share * 100) })
      + (overtime ? fill(gettext(", dépasse de %(overtime)s"), { overtime: duration(overtime) }) : "")
    : fill(gettext("%(room)s, %(day)s : fermée"), { room: roomOf(column.room).code, day: date(column.date, "long") });
  return el("div", {
    class: `rh ${offered ? "" : "off"}`, data: { date: column.date, room: column.room }, title,
    style: { left: left(now.groups.length, column.x, column.groupIndex), width: width(now.groups.length, column.w) },
  }, el("span", { class: "nm", text: tight ? label.slice(-1) : label }), el("span", { class: "chip" }), fillBar(share, overtime));
}

const fillBar = (share, overtime) =>
  el("div", { class: "fill" }, el("i", { class: overtime ? "over" : "", style: { width: `${Math.min(1, share) * 100}%` } }));

function groupHead(now, group) {
  const count = now.groups.length;
  const opened = state.focus === group.key;
  const tight = narrow() && state.focus !== null && !opened;
  const byDay = state.group === "day";
  const weekday = (Date.parse(group.key) - Date.parse(state.grid.monday)) / 86_400_000;
  const [name, rest] = byDay
    ? [date(group.key, "weekday"), date(group.key, tight ? "dayNumber" : opened || now.dates.length < 5 ? "dayMonth" : "dayMonthShort")]
    : [roomOf(group.key).code, tight ? "" : roomOf(group.key).name];
  const occupancy = byDay ? state.live?.occupancy[weekday] ?? null : null;
  const toggle = () => update({ focus: opened && !narrow() ? null : group.key });
  return el("div", { class: "ghw", style: { left: left(count, group.x, group.index), width: width(count, group.w) } },
    el("button", { type: "button", class: "gh", "aria-expanded": String(opened), title: opened ? gettext("Revenir aux largeurs égales") : gettext("Élargir"), on: { click: toggle } },
      el("b", { text: name }), el("span", { class: "n", text: rest }), byDay && !tight ? away(group.key) : null, tight || occupancy === null ? null : el("span", { class: "occ", text: percent(occupancy) })),
    byDay && !narrow() ? el("span", { class: "ex" },
      el("button", { type: "button", on: { click: toggle } }, icon("wide", "i12"), opened ? gettext("Réduire") : gettext("Élargir")),
      el("button", { type: "button", on: { click: () => update({ view: "day", day: group.key }) } }, icon("day", "i12"), gettext("Jour"))) : null);
}

/** Who is away that day, and why: a count with its words. */
function away(iso) {
  const list = state.grid.surgeons.filter((surgeon) => surgeon.days[iso]?.reason);
  if (!list.length) return null;
  const title = list.map((surgeon) => fill(gettext("%(who)s : %(what)s"), { who: surgeon.name, what: surgeon.days[iso].reason })).join("\n");
  const text = fill(ngettext("%(n)s absent", "%(n)s absents", list.length), { n: list.length });
  return el("span", { class: "away", title }, icon("user-off"), text);
}

function hours(now) {
  const { opens, closes, regular_end: regular } = now.axis;
  const marks = [];
  for (let minute = opens; minute <= closes; minute += 60) {
    marks.push(el("span", { class: minute === regular ? "reg" : "", style: { top: at(now.axis, minute) }, text: clock(minute).slice(0, 2) }));
  }
  marks.push(el("em", { style: { top: `calc(${at(now.axis, regular)} + 10px)` }, text: gettext("sup.") }));
  return marks;
}

function hourHeads(now) {
  const marks = [];
  for (let minute = now.axis.opens; minute <= now.axis.closes; minute += 60) {
    marks.push(el("span", { class: `hh ${minute === now.axis.regular_end ? "reg" : ""}`, style: { left: at(now.axis, minute) }, text: clock(minute) }));
  }
  return marks;
}

function roomRow(now, id, row, placed) {
  const room = roomOf(id);
  const { offered, used, overtime } = load(now.day, id, placed.get(cellKey(now.day, id)));
  const height = 100 / now.rooms.length;
  return el("div", { class: "rl", data: { date: now.day, room: id }, style: { top: `${row * height}%`, height: `${height}%` } },
    el("b", { text: [room.code, room.name].filter(Boolean).join(" · ") }), el("small", { text: room.equipment.join(", ") }),
    fillBar(offered ? used / offered : 0, overtime), el("span", { class: "chip" }));
}

const dayTabs = (now) =>
  el("div", { class: "seg sm", role: "group", "aria-label": gettext("Jour") }, now.dates.map((iso) =>
    el("button", { type: "button", data: { day: iso }, "aria-pressed": String(iso === now.day), "aria-label": date(iso, "long"),
      text: date(iso, "weekday").slice(0, 3), on: { click: () => update({ day: iso }) } })));

/** Colours every room-day with the server's answer to the lift; with no answers, back to the plain week. */
export function paintTargets(targets) {
  for (const node of $$("#cols .col, .rh[data-room], .rl[data-room]")) {
    const target = targets?.get(cellKey(node.dataset.date, Number(node.dataset.room)));
    const level = target && levelOf(target.status);
    mark(node, "level", level?.name);
    mark(node, "why", target?.why);
    if (node.classList.contains("col")) continue;
    const chip = $(".chip", node);
    chip.className = `chip ${level?.name ?? ""}`;
    chip.replaceChildren(...(target ? [icon(level.glyph), el("span", { text: target.text })] : []));
    node.dataset.plain ??= node.title;
    node.title = target ? "" : node.dataset.plain;
  }
}

function mark(node, name, value) {
  if (value) node.dataset[name] = value;
  else delete node.dataset[name];
}
