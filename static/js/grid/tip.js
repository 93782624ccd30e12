/* The card shown when the pointer rests on a block. */
import { flagsOf, stateOf } from "./blocks.js";
import { nameOf } from "./names.js";
import { $, el, icon } from "./dom.js";
import { specialtyClass, surgeonName } from "./frame.js";
import { clock, duration, fill, gettext } from "./i18n.js";
import { byId, state } from "./store.js";

const DELAY = 320;
let timer = null;

export function startTip() {
  document.addEventListener("pointerover", (event) => {
    const block = event.target.closest(".blk");
    if (!block || event.pointerType === "touch") return;
    hide();
    timer = setTimeout(() => show(block), DELAY);
  });
  document.addEventListener("pointerout", (event) => { if (event.target.closest(".blk")) hide(); });
  document.addEventListener("pointerdown", hide);
}

function hide() {
  clearTimeout(timer);
  $("#tip").hidden = true;
}

function show(block) {
  const placement = state.placements.get(Number(block.dataset.id));
  if (!placement || state.moving || !block.isConnected) return;
  const intervention = byId("interventions", placement.intervention);
  const tip = $("#tip");
  const lines = placement.warnings.map((warning) => ["alert", warning.text, "x"]);
  lines.push(...flagsOf(intervention, placement).map(([glyph, words]) => [glyph, words, ""]));
  if (placement.overtime_minutes) lines.push(["alert", fill(gettext("%(minutes)s d'heures sup."), { minutes: duration(placement.overtime_minutes) }), ""]);
  tip.className = `tip ${specialtyClass(intervention.specialty)}`;
  tip.replaceChildren(
    el("div", { class: "r1" }, el("b", { text: nameOf(intervention) }), el("span", { class: "sc", text: byId("specialties", intervention.specialty)?.code }), el("span", { class: "mut end", text: stateOf(placement).label })),
    el("div", { text: intervention.label }),
    el("div", { class: "mut", text: `${surgeonName(intervention.surgeon)} · ${clock(placement.start)}–${clock(placement.start + placement.minutes)} · ${duration(placement.minutes)}` }),
    lines.length ? el("ul", {}, lines.map(([glyph, words, kind]) => el("li", { class: kind }, icon(glyph), words))) : "");
  tip.hidden = false;
  const box = block.getBoundingClientRect();
  const left = box.right + 8 + tip.offsetWidth > innerWidth - 8 ? box.left - tip.offsetWidth - 8 : box.right + 8;
  tip.style.left = `${Math.max(6, left)}px`;
  tip.style.top = `${Math.max(6, Math.min(box.top, innerHeight - tip.offsetHeight - 8))}px`;
}
