/* The strip of indicators: the plan's, or while a block is lifted those of the place under the pointer. */
import { $, el, icon } from "./dom.js";
import { fill, gettext, money, ngettext } from "./i18n.js";
import { state, update } from "./store.js";

export function renderKpis() {
  const { live, preview } = state;
  const strip = $("#kpis");
  strip.hidden = !live?.indicators.length;
  if (strip.hidden) return;
  const shown = preview ?? live.indicators;
  const before = new Map(live.indicators.map((each) => [each.key, each.text]));
  strip.classList.toggle("pre", Boolean(preview));
  const tiles = shown.map((indicator) => tile(indicator, preview && before.get(indicator.key) !== indicator.text));
  if (!shown.some((each) => each.key === "conflicts")) tiles.splice(Math.max(0, tiles.length - 1), 0, conflicts());
  strip.style.setProperty("--tiles", String(tiles.length));
  strip.replaceChildren(...tiles, gapTile(live.gap));
}

function tile(indicator, changed) {
  if (indicator.key === "conflicts") return conflicts();
  return el("div", { class: "k", title: indicator.help ?? null },
    el("div", { class: "lb", text: indicator.label }),
    el("div", { class: "v" }, el("b", { class: changed ? "chg" : "", text: indicator.text }), delta(indicator)));
}

/** The sign is an arrow, whether it is good is a colour and the words say both. */
function delta({ delta_text: text, base_text: base, good }) {
  if (base === null || base === undefined) return null;
  const title = fill(gettext("Proposition : %(value)s"), { value: base });
  if (!text) return el("span", { class: "d eq", title, text: gettext("= prop.") });
  const rises = !/^[−-]/.test(text);
  const mood = good === null ? "" : good ? "dn" : "up";
  return el("span", { class: `d ${mood} ${rises ? "plus" : "minus"}`, title }, text.replace(/^[+−-]\s*/, ""),
    el("span", { class: "sr", text: rises ? gettext(" de plus que la proposition") : gettext(" de moins que la proposition") }));
}

function conflicts() {
  const ids = [...state.placements.values()].filter((placement) => placement.warnings.length).map((each) => each.intervention);
  const go = () => {
    const next = ids[(ids.indexOf(state.selected) + 1) % ids.length];
    update({ selected: next, tab: "item", reveal: next });
  };
  const text = fill(ngettext("%(n)s à résoudre", "%(n)s à résoudre", ids.length), { n: ids.length });
  return el("div", { class: "k", title: gettext("Interventions placées contre une règle") },
    el("div", { class: "lb", text: gettext("Conflits") }),
    el("div", { class: "v mid" }, ids.length
      ? el("button", { type: "button", class: "kalert", on: { click: go } }, icon("alert", "i12"), text)
      : el("span", { class: "okk" }, icon("check", "i12"), gettext("aucun"))));
}

/** The certified bound stays true after a manual move, so the gap does too. */
function gapTile(gap) {
  const label = el("div", { class: "lb" }, gettext("Écart certifié à l'optimum"),
    gap?.proposal_text ? el("span", { class: "opt", text: ` · ${gap.proposal_text}` }) : null);
  if (!gap || gap.fraction === null || gap.fraction === undefined) {
    return el("div", { class: "k gap" }, label,
      el("div", { class: "v" }, el("b", { text: gettext("à calculer") }), el("span", { class: "d eq", text: gettext("lancer une proposition") })));
  }
  const proposed = /([\d.,]+)/.exec(gap.proposal_text ?? "");
  const mark = proposed && `${Math.min(99, Number(proposed[1].replace(",", ".")) * 8)}%`;
  const place = `${Math.max(1, Math.min(99, gap.fraction * 800))}%`;
  return el("div", { class: "k gap", title: fill(gettext("Aucun planning de cette semaine ne peut coûter moins de %(bound)s."), { bound: money(gap.bound) }) }, label,
    el("div", { class: "v" }, el("b", { text: gap.text }), el("span", { class: "d eq", text: fill(gettext("borne %(bound)s"), { bound: money(gap.bound) }) })),
    el("div", { class: "gapbar", role: "img", "aria-label": gap.text }, el("i", { style: { width: place } }), mark ? el("u", { style: { left: mark } }) : null, el("em", { style: { left: place } })));
}
