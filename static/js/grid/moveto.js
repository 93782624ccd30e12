/* "Déplacer vers…": every place there is, the refused ones too, and any day, room and hour by hand. */
import { nameOf } from "./names.js";
import { move } from "./actions.js";
import { complain } from "./announce.js";
import { post } from "./api.js";
import { ask, closeDialog } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { change, clock, date, duration, fill, gettext, minuteOf, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { lift } from "./lift.js";
import { partnersOf } from "./partners.js";
import { byId, editable, state } from "./store.js";

/** The same dialog in two tabs: to a place, or with another intervention. */
export async function openMoveTo(id, tab = "place") {
  if (!editable()) return;
  const intervention = byId("interventions", id);
  const go = (place, violations) => { closeDialog("gone"); move(id, place, violations); };
  const panes = { place: el("div", { class: "pane-in" }, exactly(intervention, go), listOf(lift(id), (answer) => lists(answer, go))) };
  const body = el("div", {}, panes.place);
  const tabs = [["place", gettext("Déplacer vers…")], ["swap", gettext("Échanger avec…")]].map(([name, label]) => el("button", { type: "button", text: label, on: { click: () => show(name) } }));
  const show = (name) => {
    panes.swap ??= partnersOf(id);
    body.replaceChildren(panes[name]);
    for (const [index, each] of tabs.entries()) each.setAttribute("aria-pressed", String((index === 1) === (name === "swap")));
  };
  if (tab === "swap") show(tab);
  else tabs.forEach((each, index) => each.setAttribute("aria-pressed", String(index === 0)));
  await ask({
    title: `${nameOf(intervention)}, ${intervention.label}`, wide: true,
    content: [state.placements.has(id) ? el("div", { class: "seg", role: "group", "aria-label": gettext("Que faire") }, tabs) : null, body], buttons: [{ label: gettext("Fermer"), value: "" }],
  });
}

/** A list drawn when its answer is there; in its place, what is under way or what went wrong. */
export function listOf(answer, draw) {
  const list = el("div", { class: "places" }, el("p", { class: "mut", text: gettext("Recherche des places…") }));
  answer.then((found) => list.replaceChildren(...draw(found)), (error) => list.replaceChildren(el("p", { text: error.message })));
  return list;
}

export const part = (title, rows) => [el("h3", { text: `${title} · ${rows.length}` }), el("ul", {}, rows)];

function lists({ best, refused }, go) {
  return [
    ...part(gettext("Places possibles, de la moins chère à la plus chère"), best.map((target) => line(target, go))),
    ...part(gettext("Refusées par une règle"), refused.map((target) => line(target, go))),
  ];
}

function line(target, go) {
  const level = levelOf(target.status);
  const refused = target.status !== "free" && target.status !== "cost";
  const where = target.start === null
    ? `${date(target.date, "weekday")} ${date(target.date, "dayNumber")} · ${byId("rooms", target.room).code}`
    : placeText(byId("rooms", target.room).code, target.date, target.start);
  const detail = target.reasons.length ? target.reasons.map((reason) => reason.text).join(" · ")
    : target.overtime_minutes ? fill(gettext("%(minutes)s d'heures sup."), { minutes: duration(target.overtime_minutes) }) : level.label;
  const place = { room: target.room, date: target.date, start: target.start };
  return el("li", { class: level.name }, icon(level.glyph), el("b", { text: where }), el("small", { text: detail }),
    el("span", { class: "amt", text: refused || target.delta === null ? "" : change(target.delta) }),
    target.start === null ? el("span") : button(refused ? gettext("Forcer…") : gettext("Choisir"), { on: { click: () => go(place, target.reasons) } }));
}

/** Where a price is said: `tell(answer, facts)`. */
export function verdictLine() {
  const node = el("div", { class: "verdict", "aria-live": "polite" });
  const tell = (answer, facts) => {
    const violations = answer.violations ?? [];
    const level = levelOf(answer.status);
    node.className = `verdict ${level.name}`;
    node.replaceChildren(icon(level.glyph), el("span", { text: answer.refused ?? [level.label, ...facts].filter(Boolean).join(" · ") }),
      violations.length ? el("ul", {}, violations.map((each) => el("li", { text: each.text }))) : "");
  };
  return { node, tell };
}

/** Day, room and hour by hand, priced by the server before anything moves. */
function exactly(intervention, go) {
  const { days, rooms, axis } = state.grid;
  const placement = state.placements.get(intervention.id);
  const day = el("select", { id: "to-day" }, days.map((each) => el("option", { value: each.date, text: date(each.date, "long"), selected: each.date === placement?.date })));
  const room = el("select", { id: "to-room" }, rooms.map((each) => el("option", { value: String(each.id), text: [each.code, each.name].filter(Boolean).join(" · "), selected: each.id === placement?.room })));
  const hour = el("input", { id: "to-hour", inputmode: "numeric", pattern: "\\d{1,2}:\\d{2}", placeholder: "08:00", autocomplete: "off", value: clock(placement?.start ?? axis.opens) });
  const verdict = verdictLine();
  const place = () => ({ date: day.value, room: Number(room.value), start: minuteOf(hour.value) });
  let asked = 0;
  let violations = [];
  const price = async () => {
    const turn = ++asked;
    hour.setAttribute("aria-invalid", String(Number.isNaN(place().start)));
    if (Number.isNaN(place().start)) return;
    try {
      const answer = await post(`plans/${state.plan.id}/price/`, { intervention: intervention.id, ...place() });
      if (turn !== asked) return;
      violations = answer.violations ?? [];
      verdict.tell(answer, [answer.delta_text]);
    } catch (error) {
      complain(error);
    }
  };
  for (const field of [day, room, hour]) field.addEventListener("change", price);
  price();
  const field = (label, control) => el("label", { class: "stacked", for: control.id }, label, control);
  return el("div", { class: "exactly" }, field(gettext("Jour"), day), field(gettext("Salle"), room), field(gettext("Heure"), hour),
    button(gettext("Placer là"), { class: "btn strong", on: { click: () => { if (!Number.isNaN(place().start)) go(place(), violations); } } }), verdict.node);
}
