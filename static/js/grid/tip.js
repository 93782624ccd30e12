/* The card shown when the pointer rests on a block. */
import { flagsOf, stateOf } from "./blocks.js";
import { nameOf } from "./names.js";
import { $, el, icon } from "./dom.js";
import { specialtyClass, surgeonName } from "./frame.js";
import { change, clock, date, duration, fill, gettext, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { paintedAt } from "./painting.js";
import { byId, state } from "./store.js";

const DELAY = 320;
let timer = null;

export function startTip() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const block = event.target.closest(".blk");
    const cell = block ? null : event.target.closest(".col, .rh[data-room], .rl[data-room]");
    if (!block && !cell) return;
    hide();
    timer = setTimeout(() => (block ? show(block) : showPlace(cell, event)), DELAY);
  });
  document.addEventListener("pointerout", (event) => { if (event.target.closest(".blk, .col, .rh, .rl")) hide(); });
  document.addEventListener("pointerdown", hide);
}

function hide() {
  clearTimeout(timer);
  $("#tip").hidden = true;
}

/** What the selected block would meet in this room-day. */
function showPlace(cell, { clientX: x, clientY: y }) {
  const target = paintedAt(cell.dataset.date, Number(cell.dataset.room));
  if (!target || state.moving || !cell.isConnected) return;
  const level = levelOf(target.status);
  const tip = $("#tip");
  const code = byId("rooms", target.room).code;
  const where = target.start === null ? `${date(target.date, "weekday")} ${date(target.date, "dayNumber")} · ${code}` : placeText(code, target.date, target.start);
  tip.className = "tip";
  tip.replaceChildren(
    el("div", { class: `r1 lv ${level.name}` }, icon(level.glyph), el("b", { text: level.label }), el("span", { class: "mut end", text: ["free", "cost"].includes(target.status) ? change(target.delta) : "" })),
    el("div", { class: "mut", text: where }),
    target.reasons.length ? el("ul", {}, target.reasons.map((reason) => el("li", { class: "x", text: reason.text }))) : "");
  tip.hidden = false;
  tip.style.left = `${Math.max(6, Math.min(x + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(6, Math.min(y + 16, innerHeight - tip.offsetHeight - 8))}px`;
}

function show(block) {
  const placement = state.placements.get(Number(block.dataset.id));
  if (!placement || state.moving || !block.isConnected) return;
  const intervention = byId("interventions", placement.intervention);
  const tip = $("#tip");
  const lines = placement.warnings.map((warning) => ["alert", warning.text, "x"]);
  lines.push(...placement.remarks.map((remark) => ["info", remark.text, ""]));
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
