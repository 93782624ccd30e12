/* Several blocks chosen with Shift: one step for all of them, from the panel or by the same keys as for one. */
import { pin, unplan } from "./actions.js";
import { say } from "./announce.js";
import { stateOf } from "./blocks.js";
import { button, el, icon } from "./dom.js";
import { specialtyClass } from "./frame.js";
import { duration, fill, gettext, ngettext, placeText } from "./i18n.js";
import { nameOf } from "./names.js";
import { byId, editable, state, update } from "./store.js";

/** Those still placed; fewer than two are no longer several. */
export const several = () => [...state.picked].filter((id) => state.placements.has(id));

/** Adds a block to the choice, or takes it out; the one selected so far is its first. */
export function pickAlso(id) {
  if (!editable()) return;
  const next = new Set(several());
  if (!next.size && state.placements.has(state.selected)) next.add(state.selected);
  if (!next.delete(id)) next.add(id);
  const ids = [...next];
  update({ picked: ids.length > 1 ? next : new Set(), selected: ids.length === 1 ? ids[0] : null, tab: "item" });
  say(chosen(ids.length));
}

export const dropAll = () => update({ picked: new Set() });

const chosen = (n) => fill(ngettext("%(n)s intervention choisie", "%(n)s interventions choisies", n), { n });

export function renderSeveral(pane) {
  const ids = several();
  const minutes = ids.reduce((sum, id) => sum + state.placements.get(id).minutes, 0);
  const act = (label, glyph, run) => button(label, { on: { click: run } }, icon(glyph, "i12"));
  pane.replaceChildren(el("div", { class: "sheet several" },
    el("div", { class: "sh" },
      el("div", { class: "r" }, el("span", { class: "id", text: chosen(ids.length) }),
        el("button", { type: "button", class: "ib x", "aria-label": gettext("Ne plus rien choisir (Échap)"), on: { click: dropAll } }, icon("cross", "i12"))),
      el("p", { text: fill(gettext("%(duration)s au bloc. Un seul pas à annuler pour toutes."), { duration: duration(minutes) }) }),
      el("div", { class: "acts" },
        act(gettext("Verrouiller"), "lock", () => pin(ids, true)), act(gettext("Libérer"), "lock", () => pin(ids, false)),
        act(gettext("Retirer"), "cross", () => unplan(...ids)))),
    el("div", { class: "cards" }, ids.map(row))));
}

function row(id) {
  const intervention = byId("interventions", id);
  const placement = state.placements.get(id);
  const status = stateOf(placement);
  const out = () => pickAlso(id);
  return el("div", { class: `card still ${specialtyClass(intervention.specialty)}` },
    el("span", { class: "r" }, el("b", { text: nameOf(intervention) }), el("span", { class: "nm", text: intervention.label }),
      button(gettext("Ôter"), { class: "lnk end", on: { click: out }, "aria-label": fill(gettext("Ôter %(patient)s du choix"), { patient: nameOf(intervention) }) })),
    el("span", { class: "r" }, el("span", { class: "mut nm", text: placeText(byId("rooms", placement.room).code, placement.date, placement.start) }),
      el("span", { class: "mut end", text: status.label })));
}
