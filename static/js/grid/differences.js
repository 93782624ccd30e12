/* "Écarts": what differs between two versions; an offer is taken whole or line by line. */
import { nameOf } from "./names.js";
import { take } from "./actions.js";
import { compareWith, reference, stopComparing } from "./compare.js";
import { button, el, icon } from "./dom.js";
import { specialtyClass, surgeonName } from "./frame.js";
import { change, clock, fill, gettext, ngettext, placeText } from "./i18n.js";
import { byId, editable, state, update } from "./store.js";

const KINDS = { moved: gettext("déplacée"), added: gettext("ajoutée"), removed: gettext("retirée"), retimed: gettext("décalée") };

export function renderDifferences(pane) {
  const { comparing } = state;
  if (!comparing) {
    pane.replaceChildren(offer());
    return;
  }
  pane.replaceChildren(summary(comparing), ...comparing.lines.map((line) => row(line, comparing)));
}

function offer() {
  const version = reference();
  if (!version) return el("div", { class: "nothing" }, el("b", { text: gettext("Une seule version") }), el("span", { text: gettext("Les écarts apparaîtront à la prochaine proposition.") }));
  return el("div", { class: "nothing" }, el("b", { text: fill(gettext("Comparer à la version %(n)s"), { n: version.number }) }),
    el("span", { text: version.status_label }), button(gettext("Comparer"), { on: { click: () => compareWith(version) } }));
}

function summary({ version, proposal, lines, summary: total, kept }) {
  const title = proposal
    ? fill(gettext("v%(from)s → proposition v%(to)s"), { from: state.plan.number, to: version.number })
    : fill(gettext("v%(from)s → v%(to)s"), { from: version.number, to: state.plan.number });
  const box = el("div", { class: "dsum" }, el("b", { text: title }), el("span", { text: total.text }));
  if (proposal && editable()) box.append(choices(version, lines, kept));
  else box.append(el("div", { class: "acts" }, button(gettext("Fermer la comparaison"), { on: { click: stopComparing } })));
  return box;
}

function choices(version, lines, kept) {
  if (!lines.length) {
    return el("div", { class: "acts" }, button(gettext("Fermer la comparaison"), { on: { click: stopComparing } }));
  }
  const all = kept.size === lines.length;
  const accept = () => {
    const ids = all ? null : [...kept];
    stopComparing();
    take(version.id, ids);
  };
  const label = all ? gettext("Tout reprendre") : fill(ngettext("Reprendre %(n)s ligne", "Reprendre %(n)s lignes", kept.size), { n: kept.size });
  return el("div", { class: "acts" },
    button(label, { class: "btn sm primary", disabled: !kept.size, on: { click: accept } }),
    button(all ? gettext("Ne rien cocher") : gettext("Tout cocher"), { on: { click: () => keep(all ? [] : lines.map((line) => line.intervention)) } }),
    button(gettext("Ignorer"), { on: { click: stopComparing } }));
}

const keep = (ids) => update({ comparing: { ...state.comparing, kept: new Set(ids) } });

function row(line, { proposal, kept, hot }) {
  const intervention = byId("interventions", line.intervention);
  if (!intervention) return el("p", { class: "dif", text: line.text });
  const said = `${intervention.label} · ${surgeonName(intervention.surgeon)}`;
  const light = () => { if (state.comparing?.hot !== line.intervention) update({ comparing: { ...state.comparing, hot: line.intervention } }); };
  const show = () => update({ selected: line.intervention, reveal: line.intervention });
  const place = (where) => (where ? placeText(byId("rooms", where.room)?.code, where.date, where.start) : gettext("en attente"));
  const after = line.kind === "retimed" ? clock(line.to.start) : place(line.to);
  const content = el("button", { type: "button", class: "dif-in", "aria-label": `${nameOf(intervention)}. ${line.text}`, on: { click: show, focus: light } },
    el("span", { class: "r" }, el("b", { text: nameOf(intervention) }), el("span", { class: "mut nm", text: said, title: said }), el("span", { class: "k", text: KINDS[line.kind] })),
    el("span", { class: "mv" }, el("s", { text: place(line.from) }), icon("right"), el("b", { text: after }),
      line.delta ? el("span", { class: "amt", text: change(line.delta) }) : null));
  const tick = proposal && editable() ? el("input", {
    type: "checkbox", checked: kept.has(line.intervention), "aria-label": fill(gettext("Reprendre %(patient)s"), { patient: nameOf(intervention) }),
    on: { change: (event) => { const next = new Set(kept); next[event.target.checked ? "add" : "delete"](line.intervention); keep(next); } },
  }) : null;
  return el("div", { class: `dif ${specialtyClass(intervention.specialty)} ${hot === line.intervention ? "hi" : ""}`, on: { mouseenter: light } }, tick, content);
}
