/* One vacation in full: why it stands or not, whose it is, its hours, its past use, and who lacks hours. */
import { button, el, icon } from "../grid/dom.js";
import { clock, fill, gettext, percent } from "../grid/i18n.js";
import { pin, place, remove } from "./actions.js";
import { hours } from "./format.js";
import { startMove } from "./moving.js";
import { accountOf, dayOf, ownerOf, roomById, slotById, state } from "./store.js";

export function slotPane() {
  const slot = slotById(state.selected);
  if (!slot) return [el("p", { class: "none", text: gettext("Choisissez une vacation dans la grille.") })];
  const owner = ownerOf(slot.owner);
  return [el("div", { class: `sheet s-${owner.colour}` }, head(slot, owner), el("div", { class: "two" }, form(slot), el("div", {}, use(slot), takers(slot), acts(slot))))];
}

function head(slot, owner) {
  const before = state.board.now.filter((one) => one.week === slot.week && one.room === slot.room && one.weekday === slot.weekday && one.start < slot.end && slot.start < one.end);
  const where = `${dayOf(slot.weekday)} · ${roomById(slot.room).code} · ${clock(slot.start)}–${clock(slot.end)}`;
  const was = slot.changed ? fill(gettext(" · avant : %(owners)s"), { owners: before.map((one) => ownerOf(one.owner).code).join(", ") || gettext("rien") }) : "";
  return el("div", { class: "sh" }, el("h2", { text: owner.kind === "surgeon" ? `${owner.code}, ${owner.name}` : owner.name }), el("p", { text: where + was }));
}

function form(slot) {
  const { status, text } = slot.verdict;
  const off = !state.board.editable;
  return el("div", { class: "fm" },
    el("p", { class: `msg ${status}` }, icon(status === "ok" ? "check" : "alert"), el("span", { text })),
    label(gettext("Propriétaire"), select(owners(), slot.owner, off, (value) => place(slot, { owner: value }))),
    el("div", { class: "g2" },
      label(gettext("Début"), select(times(slot, true), String(slot.start), off, (value) => place(slot, { start: Number(value) }))),
      label(gettext("Fin"), select(times(slot, false), String(slot.end), off, (value) => place(slot, { end: Number(value) })))));
}

const label = (text, field) => el("label", {}, el("span", { class: "l", text }), field);

function select(options, chosen, disabled, act) {
  return el("select", { disabled, on: { change: (event) => act(event.target.value) } }, options.map((group) => (group.options ? el("optgroup", { label: group.label }, group.options.map((one) => option(one, chosen))) : option(group, chosen))));
}
const option = ([value, text], chosen) => el("option", { value, text, selected: value === chosen });

function owners() {
  const { owners: all } = state.board;
  const specialties = all.filter((owner) => owner.kind === "specialty");
  return [
    ...specialties.map((one) => ({ label: `${one.code} ${one.name}`, options: [[one.key, fill(gettext("%(code)s, la spécialité"), { code: one.code })], ...all.filter((owner) => owner.kind === "surgeon" && owner.specialty === one.specialty).map((owner) => [owner.key, owner.name])] })),
    ...all.filter((owner) => owner.kind === "reserve" || owner.kind === "open").map((owner) => [owner.key, owner.name]),
  ];
}

function times(slot, start) {
  const room = roomById(slot.room);
  const { opens, closes } = state.board.axis;
  const from = start ? Math.max(room.opens, Math.min(opens, slot.start)) : slot.start + 60;
  const to = start ? slot.end - 60 : Math.min(room.closes, Math.max(closes, slot.end));
  const minutes = new Set([start ? slot.start : slot.end]);
  for (let minute = Math.ceil(from / 30) * 30; minute <= to; minute += 30) minutes.add(minute);
  return [...minutes].sort((a, b) => a - b).map((minute) => [String(minute), clock(minute)]);
}

function use(slot) {
  if (!slot.weeks.length) {
    if (slot.expected === null) return null;
    return el("p", { class: "lead", text: fill(gettext("Utilisation attendue : %(share)s, d'après l'activité de la spécialité."), { share: percent(slot.expected) }) });
  }
  const empty = slot.weeks.filter((share) => share === 0).length;
  const text = fill(gettext("%(share)s en moyenne sur %(n)s semaines, vide %(empty)s fois."), { share: percent(slot.use), n: slot.weeks.length, empty });
  return el("div", {}, el("p", { class: "h3", text: gettext("Heures utilisées, semaine par semaine") }),
    el("div", { class: "wkb", role: "img", "aria-label": text }, slot.weeks.map((share) => el("i", { class: share ? "" : "z", style: { height: share ? `${Math.min(100, share * 100)}%` : null } }))),
    el("p", { class: "lead", text }));
}

function takers(slot) {
  const lacking = state.board.needs.filter((need) => need.owner !== accountOf(slot.owner) && need.low - need.given > 3).sort((a, b) => b.low - b.given - a.low + a.given).slice(0, 3);
  if (!lacking.length || !state.board.editable) return null;
  return el("div", {}, el("p", { class: "h3", text: gettext("Qui manque d'heures") }), lacking.map((need) => {
    const owner = ownerOf(need.owner);
    return el("p", { class: `taker s-${owner.colour}` }, el("i", { class: "rail" }), el("span", { class: "sc", text: owner.code }), el("span", { class: "mut", text: fill(gettext("manque %(hours)s"), { hours: hours(need.low - need.given) }) }), el("span", { class: "sp" }),
      button(gettext("Lui donner"), { on: { click: () => place(slot, { owner: need.owner }) } }));
  }));
}

function acts(slot) {
  if (!state.board.editable) return null;
  return el("p", { class: "acts" },
    button(gettext("Déplacer"), { on: { click: () => startMove({ slot }) } }),
    button(slot.pinned ? gettext("Déverrouiller") : gettext("Verrouiller"), { on: { click: () => pin(slot) } }, icon("lock")),
    button(gettext("Retirer"), { on: { click: () => remove(slot) } }));
}
