/* Where the carried block would land, what it would push, and the card under the pointer. */
import { $, $$, el, icon } from "./dom.js";
import { cellKey, frame, specialtyClass, surgeonName } from "./frame.js";
import { box } from "./geometry.js";
import { change, clock, date, duration, fill, gettext, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { nodeOf } from "./blocks.js";
import { nameOf, splitCode } from "./names.js";
import { byId, state } from "./store.js";
import { swapFeedback } from "./swappreview.js";

export function clearPreview() {
  $("#preview").replaceChildren();
  for (const node of $$(".blk.partner")) node.classList.remove("partner");
  for (const node of $$(".hot")) {
    node.classList.remove("hot");
    delete node.dataset.now;
  }
  for (const node of $$(".blk.pushed")) node.classList.remove("pushed");
}

/** The outline at the aimed place; `price` is null until the server has answered. */
export function showPreview(moving) {
  clearPreview();
  const { place, price, minutes } = moving;
  if (!place) return;
  const now = frame();
  const intervention = byId("interventions", moving.id);
  const level = levelOf(price?.status).name;
  for (const node of $$(`[data-date="${place.date}"][data-room="${place.room}"]`)) {
    node.classList.add("hot");
    node.dataset.now = level;
  }
  const start = price?.start ?? place.start;
  const end = price?.end ?? start + minutes;
  const where = box(now, place.date, place.room, start, Math.max(end, start + 15));
  if (!where) return;
  const edge = `${start - now.axis.opens < 30 ? "high" : ""} ${now.axis.closes - end < 30 ? "low" : ""}`;
  $("#preview").append(el("div", { class: `pv ${level} ${edge} ${specialtyClass(intervention.specialty)}`, style: where },
    el("b", {}, splitCode(intervention)[1], el("small", { text: byId("specialties", intervention.specialty)?.code })),
    el("time", { class: "a", text: clock(start) }), el("time", { class: "b", text: clock(end) })));
  for (const shift of price?.shifts ?? []) pushed(now, shift, place);
}

/** A neighbour that makes room, where it would go in the same room-day as `place`. */
export function pushed(now, shift, place) {
  const placement = state.placements.get(shift.intervention);
  const where = placement && box(now, place.date, place.room, shift.to, shift.to + placement.minutes);
  if (!where) return;
  const minutes = shift.to - shift.from;
  $("#preview").append(el("div", { class: "pvp", style: where },
    splitCode(byId("interventions", shift.intervention))[1], el("br"), `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)}′`));
  nodeOf(shift.intervention)?.classList.add("pushed");
}

/** A short stretch highlighted on the grid, from a hovered line of the panel. */
export function hint(place, minutes) {
  $$(".hint").forEach((node) => node.remove());
  const where = place && box(frame(), place.date, place.room, place.start, place.start + minutes);
  if (where) $("#preview").append(el("div", { class: "hint", style: where }));
}

export function fillCard(moving) {
  const intervention = byId("interventions", moving.id);
  const card = $("#carry");
  card.className = `carry ${specialtyClass(intervention.specialty)}`;
  card.replaceChildren(
    el("div", { class: "h" }, el("b", { text: nameOf(intervention) }),
      el("span", { text: `${intervention.label} · ${surgeonName(intervention.surgeon)}` }), el("em", { text: duration(moving.minutes) })),
    moving.partner || swaps(moving) ? swapFeedback(moving) : feedback(moving), moving.mode === "keys" ? keys() : swaps(moving) ? swapKeys() : "");
}

const swaps = ({ mode }) => mode === "pick" || mode === "hover";

function feedback({ place, price, over, list, targets }) {
  if (over === "dock") {
    return verdict("cost", gettext("Retirer du planning"), "", list?.text, gettext("Retour dans la liste « À planifier »"));
  }
  if (!place) return el("div", { class: "fb" }, el("div", { class: "no", text: gettext("Déposez dans une salle") }));
  const target = targets?.get(cellKey(place.date, place.room));
  const start = price?.start ?? place.start;
  const where = `${placeText(byId("rooms", place.room).code, place.date, start)}${price ? `–${clock(price.end)}` : ""}`;
  if (!price) return verdict("unknown", levelOf("unknown").label, where, "", target?.reasons.map((each) => each.text).join(" ; "));
  if (price.refused) return verdict("rule", gettext("Impossible"), where, price.refused);
  const overtime = price.overtime_minutes ? fill(gettext("%(minutes)s d'heures sup."), { minutes: duration(price.overtime_minutes) }) : "";
  const cost = [price.delta_text ?? change(price.delta.total), overtime].filter(Boolean).join(" · ");
  const broken = price.violations.map((violation) => violation.text), remarks = (price.remarks ?? []).map((remark) => remark.text);
  if (price.status !== "rule") return verdict(price.status, levelOf(price.status).label, where, cost, remarks.join(" ; "));
  return verdict("rule", levelOf("rule").label, where, [...broken, ...remarks], `${cost}. ${gettext("Déposer ici demandera un motif écrit.")}`);
}

export function verdict(status, title, where, main, more) {
  const level = levelOf(status);
  return el("div", { class: `fb ${level.name}` },
    el("div", { class: "w c" }, icon(level.glyph), title), where ? el("div", { class: "where", text: where }) : null,
    Array.isArray(main) ? el("ul", { class: "rules" }, main.map((text) => el("li", { text }))) : main ? el("div", { class: "big c", text: main }) : null, more ? el("div", { class: "no", text: more }) : null);
}

const keys = () => hints([
  [["↑", "↓"], gettext("5 min")], [["←", "→"], gettext("salle")], [[gettext("Maj"), "←", "→"], gettext("jour")],
  [[gettext("Entrée")], gettext("poser")], [[gettext("Échap")], gettext("annuler")],
]);
const swapKeys = () => hints([[["↑", "↓", "←", "→"], gettext("une autre")], [[gettext("Entrée")], gettext("échanger")], [[gettext("Échap")], gettext("annuler")]]);

const hints = (list) => el("div", { class: "kbd" }, list.map(([names, text]) => el("span", {}, names.map((name) => el("kbd", { text: name })), ` ${text}`)));

/** Beside the pointer, above a finger, never outside the window. */
export function placeCard(x, y, touch = false) {
  const card = $("#carry");
  const { offsetWidth: width, offsetHeight: height } = card;
  let left = touch ? x - width / 2 : x + 22;
  let top = touch ? y - height - 64 : y + 18;
  if (touch && top < 8) top = y + 60;
  if (left + width > innerWidth - 8) left = x - width - 22;
  if (top + height > innerHeight - 8) top = y - height - 12;
  card.style.transform = `translate(${Math.max(6, left)}px, ${Math.max(6, top)}px)`;
}

/** What a screen reader hears at each step. */
export function spokenPlace({ place, price }) {
  if (!place) return "";
  const start = price?.start ?? place.start;
  const where = `${date(place.date, "weekdayLong")}, ${byId("rooms", place.room).code}, ${clock(start)}`;
  if (!price) return where;
  const reasons = price.refused ?? [...price.violations, ...price.remarks ?? []].map((each) => each.text).join(". ");
  return `${where}. ${levelOf(price.status).label}. ${price.delta_text ?? ""} ${reasons}`;
}
