/* "Échanger avec…": every other intervention of the plan, the cheapest swap first, the refused ones with their reasons. */
import { swap } from "./actions.js";
import { post } from "./api.js";
import { closeDialog } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { surgeonName } from "./frame.js";
import { gettext, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { listOf, part } from "./moveto.js";
import { nameOf } from "./names.js";
import { byId, state } from "./store.js";

export const partnersOf = (id) => listOf(post(`plans/${state.plan.id}/swaps/partners/`, { intervention: id }), ({ partners }) => {
  const against = ({ status }) => status === "rule";
  const rows = (list) => list.map((partner) => line(id, partner));
  return [
    ...part(gettext("Échanges possibles, du moins cher au plus cher"), rows(partners.filter((each) => !against(each)))),
    ...part(gettext("Contre une règle"), rows(partners.filter(against))),
  ];
});

function line(id, partner) {
  const { intervention: other, status, delta_text: delta, violations, refused } = partner;
  const intervention = byId("interventions", other);
  const placement = state.placements.get(other);
  const level = levelOf(refused ? "refused" : status);
  const where = placeText(byId("rooms", placement.room).code, placement.date, placement.start);
  const why = refused ?? violations.map((each) => each.text).join(" · ");
  const go = () => { closeDialog("gone"); swap(id, other, partner); };
  return el("li", { class: level.name }, icon(level.glyph), el("b", { text: nameOf(intervention) }),
    el("small", {}, `${where} · ${intervention.label} · ${surgeonName(intervention.surgeon)}`, why ? el("span", { class: "no", text: why }) : null),
    el("span", { class: "amt", text: status === "rule" ? "" : delta }),
    refused ? el("span") : button(status === "rule" ? gettext("Forcer…") : gettext("Échanger"), { on: { click: go } }));
}
