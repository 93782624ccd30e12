/* What the draft amounts to, each figure beside today's. */
import { $, el } from "../grid/dom.js";
import { fill, gettext, ngettext, percent } from "../grid/i18n.js";
import { difference, hours, points } from "./format.js";
import { state } from "./store.js";

export function renderKpis() {
  const f = state.board.figures;
  const mood = (gain) => (gain > 0 ? "dn" : gain < 0 ? "up" : "");
  const share = f.covered - f.covered_now;
  const bad = f.bad ? ngettext("vacation impossible", "vacations impossibles", f.bad) : f.warn ? fill(ngettext("%(n)s avertissement", "%(n)s avertissements", f.warn), { n: f.warn }) : gettext("rien ne bloque");
  $("#kpis").replaceChildren(
    tile(gettext("Temps offert par semaine"), hours(f.offered), f.offered === f.offered_now ? gettext("= aujourd'hui") : difference(f.offered - f.offered_now)),
    tile(gettext("Besoins couverts"), percent(f.covered), Math.abs(share) < 0.0005 ? gettext("= aujourd'hui") : points(share), mood(share), gettext("Heures données à chaque spécialité, jusqu'au bas de son besoin.")),
    tile(gettext("Spécialités sous leur besoin"), `${f.below} / ${f.specialties}`, fill(gettext("%(n)s aujourd'hui"), { n: f.below_now }), mood(f.below_now - f.below)),
    tile(gettext("Vacations changées"), String(f.changed), fill(gettext("sur %(n)s"), { n: f.count })),
    tile(gettext("Activité hors vacation"), hours(f.beyond), fill(gettext("%(n)s aujourd'hui"), { n: hours(f.beyond_now) }), mood(f.beyond_now - f.beyond), gettext("Heures par semaine qui n'auraient pas tenu dans les vacations de leur spécialité, si la période se rejouait.")),
    tile(gettext("À régler avant validation"), String(f.bad), bad, f.bad ? "up" : ""));
}

const tile = (label, value, detail, mood = "", help = null) =>
  el("div", { class: "k", title: help }, el("div", { class: "lb", text: label }), el("div", { class: "v" }, el("b", { text: value }), el("span", { class: `d ${mood}`, text: detail })));
