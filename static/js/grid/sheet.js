/* The sheet of one intervention, in the order of use: what is wrong, why here and where else, who decided, the facts. */
import { togglePin, unplan } from "./actions.js";
import { flagsOf, stateOf } from "./blocks.js";
import { nameOf } from "./names.js";
import { button, el, icon } from "./dom.js";
import { specialtyClass, surgeonName } from "./frame.js";
import { clock, date, duration, fill, gettext, moment, placeText } from "./i18n.js";
import { entries, entryRow } from "./journal.js";
import { startMove } from "./keyboard.js";
import { openMoveTo } from "./moveto.js";
import { renderSeveral, several } from "./several.js";
import { byId, editable, resting, state, update } from "./store.js";
import { why } from "./why.js";

export function renderSheet(pane) {
  if (several().length > 1) return renderSeveral(pane);
  const intervention = state.selected && byId("interventions", state.selected);
  if (!intervention) {
    pane.replaceChildren(el("div", { class: "nothing" }, el("b", { text: gettext("Aucune intervention choisie") }),
      el("span", { text: gettext("Cliquez sur un bloc, ou atteignez-le avec Tab puis les flèches.") })));
    return undefined;
  }
  const placement = state.placements.get(intervention.id);
  // Another surgeon's patient: when and where the room is taken, and nothing more.
  const masked = !intervention.code;
  pane.replaceChildren(el("div", { class: `sheet ${specialtyClass(intervention.specialty)}` },
    masked ? head(intervention, placement) : [head(intervention, placement), broken(placement), remarked(placement), why(intervention, placement), decision(placement), pathway(intervention, placement), presence(intervention), notes(intervention), history(intervention)]));
}

const section = (title, aside, ...children) =>
  el("section", { class: "sec" }, el("h3", {}, title, aside ? el("span", { text: aside }) : null), ...children);

function head(intervention, placement) {
  const status = stateOf(placement);
  const specialty = byId("specialties", intervention.specialty);
  const close = () => update({ selected: null, tab: resting() });
  return el("div", { class: "sh" },
    el("div", { class: "r" }, el("span", { class: "id", text: nameOf(intervention) }), intervention.patient_code ? el("span", { class: "mut", text: intervention.code }) : null,
      el("span", { class: `state ${status.name}` }, status.glyph ? icon(status.glyph) : null, status.label),
      el("button", { type: "button", class: "ib x", "aria-label": gettext("Fermer la fiche (Échap)"), on: { click: close } }, icon("cross", "i12"))),
    intervention.code ? el("h2", { text: intervention.label }) : null,
    el("p", {}, el("span", { class: "sc", text: specialty?.code }), ` ${specialty?.name === specialty?.code ? "" : specialty?.name} · ${surgeonName(intervention.surgeon)}`),
    el("p", { text: placement ? `${placeText(byId("rooms", placement.room).code, placement.date, placement.start)}–${clock(placement.start + placement.minutes)} · ${duration(placement.minutes)}` : duration(intervention.minutes) }),
    el("p", { class: "facts-line" }, flagsOf(intervention, placement).filter(([glyph]) => glyph !== "hand").map(([glyph, words, kind]) => el("span", { class: kind }, icon(glyph, "i12"), words))),
    editable() ? buttons(intervention, placement) : null);
}

function buttons({ id }, placement) {
  return el("div", { class: "acts" },
    placement ? button(placement.pinned ? gettext("Libérer") : gettext("Verrouiller"), { on: { click: () => togglePin(id) } }, icon("lock", "i12")) : null,
    button(placement ? gettext("Déplacer") : gettext("Placer"), { on: { click: () => startMove(id) }, title: gettext("Au clavier (M)") }, icon("swap", "i12")),
    button(gettext("Déplacer vers…"), { on: { click: () => openMoveTo(id) }, title: gettext("Toutes les places, avec leur coût (Maj M)") }),
    placement ? button(gettext("Échanger…"), { on: { click: () => openMoveTo(id, "swap") }, title: gettext("Avec une autre intervention (X pour choisir sur la grille)") }) : null,
    placement ? button(gettext("Retirer"), { on: { click: () => unplan(id) }, title: gettext("Remettre en attente (Suppr)") }) : null);
}

function broken(placement) {
  return placement?.warnings.length ? el("div", { class: "conflict" }, icon("alert"), told(placement.warnings)) : null;
}

/** Soft rules broken: nobody needs a reason for them, and whoever looks should know. */
function remarked(placement) {
  return placement?.remarks.length ? el("div", { class: "conflict remark" }, icon("info"), told(placement.remarks)) : null;
}

const told = (violations) => el("div", {}, violations.map(({ text, other }) => el("p", {}, text,
  other && state.placements.has(other) ? button(gettext("Voir l'autre"), { class: "lnk", on: { click: () => update({ selected: other, reveal: other }) } }) : null)));

function decision(placement) {
  if (!placement?.pinned) return null;
  const { by, at, reason } = placement.pinned;
  return section(placement.forced ? gettext("Forcée malgré une règle") : gettext("Verrouillée"), null,
    el("p", { class: "why", text: fill(gettext("Par %(who)s, le %(when)s."), { who: by, when: moment(at) }) }),
    reason ? el("p", { class: "why" }, el("q", { text: reason })) : null,
    el("p", { class: "mut", text: gettext("Le calcul ne la déplacera pas tant qu'elle n'est pas libérée.") }));
}

function pathway(intervention, placement) {
  const step = (when, what, kind = "") => el("li", { class: kind }, el("time", { text: when }), el("span", { text: what }));
  const operated = placement && `${date(placement.date, "weekday")} ${date(placement.date, "dayMonthShort")}`;
  const deadline = fill(gettext("Date limite%(late)s"), { late: intervention.overdue ? gettext(", dépassée") : "" });
  return section(gettext("Parcours du patient"), null, el("ol", { class: "path" },
    step(date(intervention.admission, "dayMonthShort"), intervention.ambulatory ? gettext("Admission, ambulatoire") : gettext("Hospitalisation"), placement ? "done" : ""),
    placement
      ? step(operated, fill(gettext("%(room)s, %(start)s à %(end)s"), { room: byId("rooms", placement.room).code, start: clock(placement.start), end: clock(placement.start + placement.minutes) }), "now")
      : step(gettext("à planifier"), gettext("Bloc opératoire"), "now"),
    step(...recovery(intervention, placement)),
    step(date(intervention.deadline, "dayMonthShort"), deadline)));
}

/** When, and what: the stay in the recovery room that follows. */
function recovery({ recovery_minutes: minutes }, placement) {
  if (!minutes) return ["", gettext("Sans passage en SSPI")];
  if (!placement) return ["", fill(gettext("SSPI pendant %(minutes)s"), { minutes: duration(minutes) })];
  const end = placement.start + placement.minutes;
  return [clock(end), fill(gettext("SSPI pendant %(minutes)s, jusqu'à %(end)s"), { minutes: duration(minutes), end: clock(end + minutes) })];
}

/** The surgeon's week: absent and not operating look different, and say so. */
function presence(intervention) {
  const surgeon = byId("surgeons", intervention.surgeon);
  if (!surgeon) return null;
  const cell = (iso) => {
    const { minutes = 0, reason = null } = surgeon.days[iso] ?? {};
    const [kind, text] = reason ? ["away", reason] : minutes ? ["here", duration(minutes)] : ["off", "–"];
    return el("li", { class: kind, title: kind === "off" ? gettext("n'opère pas") : null }, el("b", { text: date(iso, "weekday") }),
      el("span", { text, "aria-hidden": kind === "off" ? "true" : null }), kind === "off" ? el("span", { class: "sr", text: gettext("n'opère pas") }) : null);
  };
  return section(fill(gettext("Présence : %(surgeon)s"), { surgeon: surgeon.name }), null, el("ul", { class: "presence" }, state.grid.days.map((day) => cell(day.date))),
    surgeon.wishes ? el("p", { class: "mut", text: fill(gettext("Souhaits : %(wishes)s"), { wishes: surgeon.wishes }) }) : null);
}

function history(intervention) {
  if (!state.grid.rights.see_drafts) return null;
  const list = el("ol", { class: "journal" });
  const part = section(gettext("Historique"), null, list);
  part.hidden = true;
  entries().then((all) => {
    const own = all.filter((entry) => entry.intervention === intervention.id).slice(0, 6);
    list.replaceChildren(...own.map((entry) => entryRow({ ...entry, intervention: null })));
    part.hidden = !own.length;
  }, () => { part.remove(); });
  return part;
}

const notes = (intervention) =>
  intervention.notes ? section(gettext("Notes pour le bloc"), null, el("p", { class: "why", text: intervention.notes })) : null;
