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
import { byId, editable, state } from "./store.js";

export async function openMoveTo(id) {
  if (!editable()) return;
  const intervention = byId("interventions", id);
  const places = el("div", { class: "places" }, el("p", { class: "mut", text: gettext("Recherche des places…") }));
  const go = (place, violations) => { closeDialog("gone"); move(id, place, violations); };
  lift(id).then((answer) => places.replaceChildren(...lists(answer, go)), (error) => places.replaceChildren(el("p", { text: error.message })));
  await ask({
    title: fill(gettext("Déplacer %(patient)s vers…"), { patient: `${nameOf(intervention)}, ${intervention.label}` }), wide: true,
    content: [exactly(intervention, go), places], buttons: [{ label: gettext("Fermer"), value: "" }],
  });
}

function lists({ best, refused }, go) {
  const part = (title, rows) => [el("h3", { text: `${title} · ${rows.length}` }), el("ul", {}, rows)];
  return [
    ...part(gettext("Places possibles, de la moins chère à la plus chère"), best.map((target) => line(target, go))),
    ...part(gettext("Refusées par une règle"), refused.map((target) => line(target, go))),
  ];
}

function line(target, go) {
  const level = levelOf(target.status);
  const refused = target.reasons.length > 0;
  const where = target.start === null
    ? `${date(target.date, "weekday")} ${date(target.date, "dayNumber")} · ${byId("rooms", target.room).code}`
    : placeText(byId("rooms", target.room).code, target.date, target.start);
  const detail = refused ? target.reasons.map((reason) => reason.text).join(" · ")
    : target.overtime_minutes ? fill(gettext("%(minutes)s d'heures sup."), { minutes: duration(target.overtime_minutes) }) : level.label;
  const place = { room: target.room, date: target.date, start: target.start };
  return el("li", { class: level.name }, icon(level.glyph), el("b", { text: where }), el("small", { text: detail }),
    el("span", { class: "amt", text: refused || target.delta === null ? "" : change(target.delta) }),
    target.start === null ? el("span") : button(refused ? gettext("Forcer…") : gettext("Choisir"), { on: { click: () => go(place, target.reasons) } }));
}

/** Day, room and hour by hand, priced by the server before anything moves. */
function exactly(intervention, go) {
  const { days, rooms, axis } = state.grid;
  const placement = state.placements.get(intervention.id);
  const day = el("select", { id: "to-day" }, days.map((each) => el("option", { value: each.date, text: date(each.date, "long"), selected: each.date === placement?.date })));
  const room = el("select", { id: "to-room" }, rooms.map((each) => el("option", { value: String(each.id), text: [each.code, each.name].filter(Boolean).join(" · "), selected: each.id === placement?.room })));
  const hour = el("input", { id: "to-hour", inputmode: "numeric", pattern: "\\d{1,2}:\\d{2}", placeholder: "08:00", autocomplete: "off", value: clock(placement?.start ?? axis.opens) });
  const verdict = el("p", { class: "verdict", "aria-live": "polite", text: "" });
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
      const level = levelOf(violations.length ? "rule" : answer.status);
      verdict.className = `verdict ${level.name}`;
      verdict.replaceChildren(icon(level.glyph), el("span", { text: answer.refused ?? [level.label, answer.delta_text, ...violations.map((each) => each.text)].filter(Boolean).join(" · ") }));
    } catch (error) {
      complain(error);
    }
  };
  for (const field of [day, room, hour]) field.addEventListener("change", price);
  price();
  const field = (label, control) => el("label", { class: "stacked", for: control.id }, label, control);
  return el("div", { class: "exactly" }, field(gettext("Jour"), day), field(gettext("Salle"), room), field(gettext("Heure"), hour),
    button(gettext("Placer là"), { class: "btn strong", on: { click: () => { if (!Number.isNaN(place().start)) go(place(), violations); } } }), verdict);
}
