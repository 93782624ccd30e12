/* The strip of indicators: the plan's, or while a block is lifted those of the place under the pointer. */
import { openCauses } from "./causes.js";
import { $, el, icon } from "./dom.js";
import { fill, gettext, money, ngettext } from "./i18n.js";
import { state } from "./store.js";

export function renderKpis() {
  const { live, preview } = state;
  const strip = $("#kpis");
  strip.hidden = !live?.indicators.length;
  if (strip.hidden) return;
  const focused = document.activeElement?.closest("#kpis .k")?.dataset.key;
  const shown = preview ?? live.indicators;
  const before = new Map(live.indicators.map((each) => [each.key, each.text]));
  strip.classList.toggle("pre", Boolean(preview));
  const tiles = shown.map((indicator) => tile(indicator, preview && before.get(indicator.key) !== indicator.text));
  strip.style.setProperty("--tiles", String(tiles.length));
  strip.replaceChildren(...tiles, gapTile(live.gap));
  if (focused) $(`.k[data-key="${focused}"]`, strip)?.focus();
}

/** A tile is a button that leads to what makes the indicator; without a plan there is nothing behind it. */
function box(key, kind, title, ...children) {
  if (!state.plan) return el("div", { class: `k ${kind}`, title }, ...children);
  return el("button", {
    type: "button", class: `k ${kind}`, title, data: { key }, "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "causes",
    on: { click: (event) => openCauses(key, event.currentTarget) },
  }, ...children);
}

function tile(indicator, changed) {
  if (indicator.key === "conflicts") return conflicts();
  return box(indicator.key, "", indicator.help ?? null,
    el("span", { class: "lb", text: indicator.label }),
    el("span", { class: "v" }, el("b", { class: changed ? "chg" : "", text: indicator.text }), delta(indicator)));
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
  const count = [...state.placements.values()].filter((placement) => placement.warnings.length).length;
  const text = fill(ngettext("%(n)s à résoudre", "%(n)s à résoudre", count), { n: count });
  return box("conflicts", "", gettext("Interventions placées contre une règle"),
    el("span", { class: "lb", text: gettext("Conflits") }),
    el("span", { class: "v mid" }, count ? el("span", { class: "kalert" }, icon("alert", "i12"), text)
      : el("span", { class: "okk" }, icon("check", "i12"), gettext("aucun"))));
}

/** The certified bound stays true after a manual move, so the gap does too. */
function gapTile(gap) {
  const label = el("span", { class: "lb" }, gettext("Écart certifié à l'optimum"),
    gap?.proposal_text ? el("span", { class: "opt", text: ` · ${gap.proposal_text}` }) : null);
  if (!gap || gap.fraction === null || gap.fraction === undefined) {
    return box("gap", "gap", null, label,
      el("span", { class: "v" }, el("b", { text: gap?.text ?? gettext("à calculer") }), el("span", { class: "d eq", text: gap?.hint ?? gettext("lancer une proposition") })));
  }
  const proposed = /([\d.,]+)/.exec(gap.proposal_text ?? "");
  const mark = proposed && `${Math.min(99, Number(proposed[1].replace(",", ".")) * 8)}%`;
  const place = `${Math.max(1, Math.min(99, gap.fraction * 800))}%`;
  return box("gap", "gap", fill(gettext("Aucun planning de cette semaine ne peut coûter moins de %(bound)s."), { bound: money(gap.bound) }), label,
    el("span", { class: "v" }, el("b", { text: gap.text }), el("span", { class: "d eq", text: fill(gettext("borne %(bound)s"), { bound: money(gap.bound) }) })),
    el("span", { class: "gapbar", "aria-hidden": "true" }, el("i", { style: { width: place } }), mark ? el("u", { style: { left: mark } }) : null, el("em", { style: { left: place } })));
}
