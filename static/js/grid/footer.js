/* Legend (a click isolates a specialty), grouping, theme, print. */
import { $, $$, el, icon } from "./dom.js";
import { narrow } from "./frame.js";
import { fill, gettext, language, timeZone } from "./i18n.js";
import { state, update } from "./store.js";

const STATES = [
  [() => el("i", { class: "sw" }), gettext("Proposée")], [() => el("i", { class: "sw a" }), gettext("Approuvée")],
  [() => icon("lock"), gettext("Verrouillée")], [() => icon("hand"), gettext("Forcée")],
  [() => icon("alert", "bad"), gettext("Conflit")], [() => el("i", { class: "sw o" }), gettext("Heures sup.")],
];
const REFUSALS = [["absent", gettext("Chirurgien absent")], ["busy", gettext("Chirurgien ou salle pris")], ["outside", gettext("Hors de sa vacation")], ["closed", gettext("Salle fermée")]];
const FLAGS = [["bolt", gettext("Urgente")], ["clock", gettext("Date limite proche")], ["germ", gettext("Septique")], ["child", gettext("Enfant")], ["nut", gettext("Équipement requis")], ["sun", gettext("Ambulatoire")], ["bed", gettext("SSPI 2 h ou plus")]];

export function renderFooter() {
  const { specialties } = state.grid;
  const isolate = (id) => () => {
    const next = new Set(state.isolated);
    if (!next.delete(id)) next.add(id);
    update({ isolated: next });
  };
  $("#legend").replaceChildren(...specialties.map((specialty) => el("button", {
    type: "button", class: `lgi s-${specialty.colour}`, title: specialty.name, "aria-pressed": String(state.isolated.has(specialty.id)), on: { click: isolate(specialty.id) },
  }, el("i"), el("b", { text: specialty.code }), el("span", { class: "fn", text: specialty.name }))));
  for (const node of $$("[data-group]")) node.setAttribute("aria-pressed", String(node.dataset.group === state.group));
}

const states = () => STATES.map(([mark, text]) => el("span", {}, mark(), text));

export function startFooter() {
  $("#states").replaceChildren(...states());
  $("#legend-menu").replaceChildren(
    el("h3", { text: gettext("Spécialités : couleur, motif du liseré et code") }),
    ...state.grid.specialties.map((specialty) => el("span", { class: `s-${specialty.colour}` }, el("i"), el("b", { text: specialty.code }), specialty.name)),
    el("h3", { text: gettext("États") }), ...states(),
    el("h3", { text: gettext("Repères, du plus au moins urgent") }), ...FLAGS.map(([glyph, text]) => el("span", {}, icon(glyph), text)),
    el("h3", { text: gettext("Une intervention choisie : pourquoi une salle la refuse") }), ...REFUSALS.map(([kind, text]) => el("span", {}, el("i", { class: `why-key ${kind}` }), text)));
  for (const node of $$("[data-group]")) {
    node.addEventListener("click", () => update({ group: node.dataset.group, view: "week", focus: narrow() ? firstGroup(node.dataset.group) : null }));
  }
  $("#print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    $("#print-date").textContent = fill(gettext("imprimé le %(date)s"), { date: new Date().toLocaleString(language, { timeZone, dateStyle: "short", timeStyle: "short" }) });
  });
}

export const firstGroup = (group) => (group === "day" ? state.grid.days[0]?.date : state.grid.rooms[0]?.id) ?? null;
