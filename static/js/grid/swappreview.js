/* What a swap would do, before it is done: both blocks where they would land, whom they push, the price in words. */
import { nodeOf } from "./blocks.js";
import { $, el } from "./dom.js";
import { frame, specialtyClass } from "./frame.js";
import { box } from "./geometry.js";
import { clock, date, fill, gettext, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { nameOf, splitCode } from "./names.js";
import { clearPreview, pushed, verdict } from "./preview.js";
import { byId, state } from "./store.js";

const nameAt = (id) => nameOf(byId("interventions", id));

export function showSwap({ partner, price }) {
  clearPreview();
  const now = frame();
  nodeOf(partner)?.classList.add("partner");
  const level = levelOf(price?.refused ? "refused" : price?.status).name;
  for (const landing of price?.landings ?? []) outline(now, landing, level);
  for (const shift of price?.shifts ?? []) {
    const place = state.placements.get(shift.intervention);
    if (place) pushed(now, shift, place);
  }
}

function outline(now, { intervention, room, date: day, start, end }, level) {
  const row = byId("interventions", intervention);
  const where = box(now, day, room, start, Math.max(end, start + 15));
  if (!where) return;
  const edge = `${start - now.axis.opens < 30 ? "high" : ""} ${now.axis.closes - end < 30 ? "low" : ""}`;
  $("#preview").append(el("div", { class: `pv ${level} ${edge} ${specialtyClass(row.specialty)}`, style: where },
    el("b", {}, splitCode(row)[1], el("small", { text: byId("specialties", row.specialty)?.code })),
    el("time", { class: "a", text: clock(start) }), el("time", { class: "b", text: clock(end) })));
}

const lands = ({ intervention, room, date: day, start, end }) =>
  `${nameAt(intervention)} : ${placeText(byId("rooms", room).code, day, start)}–${clock(end)}`;

export function swapFeedback({ partner, price }) {
  if (!partner) return el("div", { class: "fb" }, el("div", { class: "no", text: gettext("Choisissez l'intervention à échanger") }));
  const title = fill(gettext("Échanger avec %(patient)s"), { patient: nameAt(partner) });
  if (!price) return verdict("unknown", title, levelOf("unknown").label);
  if (price.refused) return verdict("refused", title, "", price.refused);
  const where = el("ul", { class: "where" }, price.landings.map((landing) => el("li", { text: lands(landing) })));
  const moved = price.shifts.length ? fill(gettext("décale %(list)s"), { list: price.shifts.map((shift) => nameAt(shift.intervention)).join(", ") }) : "";
  const broken = price.violations.map((violation) => violation.text);
  const said = price.status === "rule"
    ? verdict("rule", title, "", broken, `${price.delta_text}. ${gettext("Un motif écrit sera demandé.")}`)
    : verdict(price.status, title, "", price.delta_text, [...broken, moved].filter(Boolean).join(" ; "));
  said.firstChild.after(where);
  return said;
}

/** What a screen reader hears. */
export function spokenSwap({ partner, price }) {
  if (price.refused) return `${nameAt(partner)}. ${price.refused}`;
  const places = price.landings.map((landing) => `${nameAt(landing.intervention)}, ${date(landing.date, "weekdayLong")}, ${byId("rooms", landing.room).code}, ${clock(landing.start)}`);
  return [fill(gettext("Échanger avec %(patient)s"), { patient: nameAt(partner) }), ...places, price.delta_text, ...price.violations.map((each) => each.text)].join(". ");
}
