/* "À planifier": what waits for a place, with what waiting costs or why nothing fits. */
import { watch } from "./cheapest.js";
import { $, $$, el, icon } from "./dom.js";
import { flagsOf } from "./blocks.js";
import { nameOf } from "./names.js";
import { matches, specialtyClass, surgeonName } from "./frame.js";
import { date, duration, fill, gettext, money } from "./i18n.js";
import { byId, state, update } from "./store.js";

const PRIORITY = { urgent: 0, expedited: 1, elective: 2 };
const SORTS = {
  deadline: [gettext("Tri : date limite"), (a, b) => a.deadline.localeCompare(b.deadline)],
  priority: [gettext("Tri : priorité"), (a, b) => PRIORITY[a.priority] - PRIORITY[b.priority] || a.deadline.localeCompare(b.deadline)],
  minutes: [gettext("Tri : durée"), (a, b) => b.minutes - a.minutes],
  cost: [gettext("Tri : coût du report"), (a, b) => b.cost - a.cost],
  surgeon: [gettext("Tri : chirurgien"), (a, b) => surgeonName(a.surgeon).localeCompare(surgeonName(b.surgeon))],
};

export function renderUnplanned(pane) {
  if (!$("#query")) pane.replaceChildren(tools(), el("div", { class: "cards wait", id: "cards" }));
  const waiting = (state.live?.unplanned ?? []).map((line) => ({ ...byId("interventions", line.intervention), cost: line.cost, why: line.reason_text }));
  const shown = waiting.filter(matches).sort(SORTS[state.sort][1]);
  if (document.activeElement !== $("#query")) $("#query").value = state.query;
  $("#sort").value = state.sort;
  fillFilter(waiting, shown);
  $("#cards").replaceChildren(...(shown.length ? shown.map(card) : [empty(waiting)]));
  watch($$("#cards .card"));
}

function tools() {
  const query = el("input", {
    id: "query", type: "search", placeholder: gettext("Patient, acte, chirurgien"), "aria-label": gettext("Rechercher"), autocomplete: "off",
    on: { input: (event) => update({ query: event.target.value.trim() }) },
  });
  const sort = el("select", { id: "sort", "aria-label": gettext("Trier la liste"), on: { change: (event) => update({ sort: event.target.value }) } },
    Object.entries(SORTS).map(([value, [label]]) => el("option", { value, text: label })));
  const only = (event) => update({ isolated: new Set(event.target.value ? [Number(event.target.value)] : []) });
  const filter = el("select", { id: "filter", "aria-label": gettext("Filtrer par spécialité"), on: { change: only } });
  return el("div", { class: "tools" }, el("div", { class: "srch" }, icon("search", "i16"), query), el("div", { class: "row" }, sort, filter));
}

function fillFilter(waiting, shown) {
  const minutes = shown.reduce((sum, each) => sum + each.minutes, 0);
  const chosen = state.isolated.size === 1 ? [...state.isolated][0] : "";
  const all = fill(gettext("Toutes · %(count)s · %(duration)s"), { count: shown.length, duration: duration(Math.round(minutes / 60) * 60) });
  $("#filter").replaceChildren(el("option", { value: "", text: all }), ...state.grid.specialties.map((specialty) =>
    el("option", { value: String(specialty.id), text: `${specialty.name} · ${waiting.filter((each) => each.specialty === specialty.id).length}` })));
  $("#filter").value = String(chosen);
}

function card(intervention) {
  const specialty = byId("specialties", intervention.specialty);
  const late = intervention.deadline <= state.grid.days.at(-1)?.date;
  const limit = fill(gettext("limite %(date)s"), { date: `${date(intervention.deadline, "weekday")} ${date(intervention.deadline, "dayMonthShort")}` });
  const flags = flagsOf(intervention, null).filter(([glyph]) => glyph !== "clock");
  return el("button", {
    type: "button", class: `card ${specialtyClass(intervention.specialty)} ${state.selected === intervention.id ? "sel" : ""}`, data: { id: intervention.id },
  },
  el("span", { class: "r" }, el("b", { text: nameOf(intervention) }), el("span", { class: "sc", text: specialty?.code }),
    el("span", { class: "fl" }, flags.map(([glyph, words, kind]) => el("span", { class: kind, title: words }, icon(glyph, "", words)))),
    el("span", { class: "du", text: duration(intervention.minutes) })),
  el("span", { class: "r" }, el("span", { class: "nm", text: intervention.label, title: intervention.label })),
  el("span", { class: "r" }, el("span", { class: "mut nm", text: surgeonName(intervention.surgeon), title: surgeonName(intervention.surgeon) }),
    el("span", { class: `lim ${late ? `dlx ${intervention.overdue ? "hot" : ""}` : "mut"}`, text: intervention.overdue ? fill(gettext("en retard : %(limit)s"), { limit }) : limit })),
  el("span", { class: `first ${intervention.why ? "none" : ""}` }, icon(intervention.why ? "cross" : "dot"),
    el("span", { text: intervention.why || gettext("laissée en attente") , title: intervention.why ?? null }),
    intervention.cost ? el("span", { class: "amt", title: gettext("Ce que coûte le report"), text: money(intervention.cost) }) : null));
}

function empty(waiting) {
  if (waiting.length) return el("div", { class: "nothing" }, el("b", { text: gettext("Rien à afficher") }), el("span", { text: gettext("Aucune intervention en attente ne correspond au filtre.") }));
  return el("div", { class: "nothing" }, el("b", { text: gettext("Rien en attente") }),
    el("span", { text: state.placements.size ? gettext("Toutes les demandes de la semaine ont une place.") : gettext("Aucune demande à planifier cette semaine.") }));
}
