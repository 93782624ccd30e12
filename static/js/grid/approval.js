/* Approving: the remaining warnings, one by one, then a version frozen for ever. */
import { reload } from "./actions.js";
import { complain, say, toast } from "./announce.js";
import { get, post } from "./api.js";
import { ask, closeDialog, dismiss } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { fill, gettext, ngettext } from "./i18n.js";
import { state, update } from "./store.js";

export async function openApproval() {
  try {
    const { warnings, differences, sign_offs: signOffs } = await get(`plans/${state.plan.id}/approval/`);
    const answer = await ask({
      title: fill(gettext("Approuver la semaine %(week)s, version %(n)s"), { week: state.grid.number, n: state.plan.number }),
      content: el("ul", { class: "checklist" }, lines(warnings, differences), signOffLines(signOffs)),
      buttons: [dismiss(), { label: warnings.length ? gettext("Approuver malgré ces réserves") : gettext("Approuver"), value: "yes", class: "primary", disabled: signOffs.missing > 0 }],
    });
    if (answer === "yes") await approve();
  } catch (error) {
    complain(error);
  }
}

const item = (kind, glyph, ...children) => el("li", { class: kind }, icon(glyph), el("span", {}, ...children));

/** Each required sign-off, who gave it or why it is awaited, and the way to the page that asks for them. */
function signOffLines({ lines: all, missing }) {
  if (!all.length) return [];
  const looks = { signed: ["ok", "check"], refused: ["no", "alert"], again: ["no", "alert"], awaited: ["nfo", "clock"] };
  const page = el("a", { class: "lnk", href: `/semaines/${state.grid.week}/visas/`, text: gettext("Voir les visas") });
  return [
    ...all.map(({ state: stands, label, state_label: said, text, comment }) =>
      item(...looks[stands], el("b", { text: label }), ` ${[said, text].filter(Boolean).join(" · ")} `, comment ? el("q", { text: comment }) : null)),
    item(missing ? "no" : "ok", missing ? "alert" : "check", missing
      ? fill(ngettext("%(n)s visa manque encore : le planning ne peut pas être approuvé.", "%(n)s visas manquent encore : le planning ne peut pas être approuvé.", missing), { n: missing })
      : gettext("Aucun visa ne manque."), " ", page),
  ];
}

function lines(warnings, differences) {
  const placed = fill(ngettext("%(n)s intervention planifiée", "%(n)s interventions planifiées", state.placements.size), { n: state.placements.size });
  const waiting = state.live.unplanned.length;
  return [
    item("ok", "check", placed),
    ...(warnings.length ? warnings.map((warning) => item(warning.severity === "info" ? "nfo" : "no", warning.severity === "info" ? "clock" : "alert", warning.text, jump(warning)))
      : [item("ok", "check", gettext("Aucune règle n'est enfreinte, toutes les dates limites sont tenues"))]),
    item("nfo", "clock", fill(ngettext("%(n)s intervention reste en attente", "%(n)s interventions restent en attente", waiting), { n: waiting })),
    differences ? item("nfo", "swap", fill(gettext("Par rapport à la version approuvée : %(text)s"), { text: differences.text })) : null,
  ];
}

function jump({ intervention }) {
  if (!intervention) return null;
  const go = () => { closeDialog(""); update({ selected: intervention, tab: "item", reveal: intervention }); };
  return button(gettext("Voir"), { class: "lnk", on: { click: go } });
}

async function approve() {
  try {
    const answer = await post(`plans/${state.plan.id}/approve/`, { revision: state.plan.revision });
    history.replaceState(null, "", location.pathname);
    await reload(null);
    toast(answer.message);
    say(answer.message);
  } catch (error) {
    if (error.type === "stale") await reload();
    throw error;
  }
}
