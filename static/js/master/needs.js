/* Need against given, specialty by specialty: an interval, today's hours and the draft's. Each line can be dragged. */
import { el, icon } from "../grid/dom.js";
import { fill, gettext } from "../grid/i18n.js";
import { difference, hours, percent } from "./format.js";
import { ownerOf, state } from "./store.js";

export function needsPane() {
  const { needs, study } = state.board;
  const most = 1.04 * Math.max(60, ...needs.flatMap((need) => [need.high, need.given, need.now]));
  const lead = fill(gettext("Besoin : de la semaine médiane à quatre semaines sur cinq, remise en état comprise, pour une vacation utilisée à %(fill)s."), { fill: percent((study.fill_percent ?? 85) / 100) });
  return [
    el("div", { class: "key" }, key("a", gettext("aujourd'hui")), key("b", gettext("proposé")), key("c", gettext("besoin"))),
    el("ul", { class: "needs" }, listed(needs).map((need) => line(need, most))),
    el("p", { class: "lead", text: lead }),
    study.left_out ? el("p", { class: "lead", text: fill(gettext("Semaines laissées de côté (moins de la moitié de l'activité médiane) : %(n)s."), { n: study.left_out }) }) : null,
  ].filter(Boolean);
}

/** The reserve can always be dragged, even before anything was asked of it. */
function listed(needs) {
  if (needs.some((need) => need.owner === "reserve")) return needs;
  return [...needs, { owner: "reserve", low: 0, high: 0, given: 0, now: 0 }];
}

const key = (kind, text) => el("span", {}, el("i", { class: kind }), text);

function line(need, most) {
  const owner = ownerOf(need.owner);
  const at = (minutes) => `${(100 * minutes) / most}%`;
  const { editable } = state.board;
  return el("li", { class: `s-${owner.colour}` },
    el("button", { type: "button", class: "nl", data: { owner: need.owner }, disabled: !editable, title: fill(gettext("%(name)s : besoin %(low)s à %(high)s"), { name: owner.name, low: hours(need.low), high: hours(need.high) }), "aria-label": fill(gettext("%(name)s : besoin %(low)s à %(high)s, aujourd'hui %(now)s, proposé %(given)s. Entrée pour placer une vacation."), { name: owner.name, low: hours(need.low), high: hours(need.high), now: hours(need.now), given: hours(need.given) }) },
      icon("grip", "gr"), el("i", { class: "rail" }), el("span", { class: "sc", text: owner.code }),
      el("span", { class: "br" }, el("i", { class: "nd", style: { left: at(need.low), width: `max(2px, ${at(need.high - need.low)})` } }), el("i", { class: "n0", style: { width: at(need.now) } }), el("i", { class: "n1", style: { width: at(need.given) } })),
      el("span", { class: "vv" }, el("span", {}, el("b", { text: hours(need.given) }), " ", el("span", { class: "mut", text: difference(need.given - need.now) })), verdict(need))));
}

function verdict(need) {
  if (need.given < need.low - 3) return tag("warn", "alert", fill(gettext("manque %(hours)s"), { hours: hours(need.low - need.given) }));
  if (need.given > need.high + 3 && need.high > 0) return tag("info", "info", fill(gettext("%(hours)s de plus"), { hours: hours(need.given - need.high) }));
  if (!need.high) return el("small", { class: "mut", text: need.owner === "reserve" ? gettext("facultatif") : gettext("sans activité") });
  return tag("ok", "check", gettext("au besoin"));
}

const tag = (kind, name, text) => el("small", { class: `tag ${kind}` }, icon(name), text);
