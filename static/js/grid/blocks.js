/* The interventions on the grid: one keyed button each, moved by CSS when its place changes. */
import { $, el, icon, setStyle } from "./dom.js";
import { frame, matches, specialtyClass, surgeonName } from "./frame.js";
import { box } from "./geometry.js";
import { clock, date, duration, fill, gettext, shortDuration } from "./i18n.js";
import { nameOf, splitCode } from "./names.js";
import { approved, byId, editable, state } from "./store.js";

const nodes = new Map();
export const nodeOf = (id) => nodes.get(id);

/* From here on a stay in the recovery room is worth a flag on the block; the sheet tells every stay. */
const LONG_STAY = 120;

export const stateOf = (placement) => {
  if (!placement) return { name: "wait", label: gettext("En attente") };
  if (placement.forced) return { name: "forced", label: gettext("Forcée"), glyph: "hand" };
  if (placement.warnings.length) return { name: "conf", label: gettext("En conflit"), glyph: "alert" };
  if (placement.pinned) return { name: "lock", label: gettext("Verrouillée"), glyph: "lock" };
  if (approved()) return { name: "appr", label: gettext("Approuvée"), glyph: "check" };
  return { name: "prop", label: gettext("Proposée") };
};

/** Days between the operation and the deadline; one or less is worth a flag. */
const daysLeft = (intervention, placement) =>
  Math.round((new Date(intervention.deadline) - new Date(placement?.date ?? state.grid.monday)) / 86_400_000);

const ROOTS = /(Cholé|Sigmo|Hystér|Tympano|Ligamento|Ostéo|Thyroïd|Prostat|Amygdal|Tumor|Trabécul|Myom|Kyst|Uré|téro|pancréat|Endartéri|Vitr|mandibu|ventri|bimaxil|Endopro|poplité|Réparat|Arthro|Décolle|Prothè|endovei)(?=\p{L})/giu;
const softenings = new Map();

/** Where long surgical words may break: browsers hyphenate French only with a dictionary they often lack. */
function softened(label) {
  if (!softenings.has(label)) {
    softenings.set(label, label.replace(ROOTS, "$1\u00AD").replace(/(?<=\p{L}{3})(?=(?:ectomie|oscopie|plastie|ostomie|otomie))/gu, "\u00AD"));
  }
  return softenings.get(label);
}

/** [glyph, words, class] by urgency: narrow blocks show only the first ones. */
export function flagsOf(intervention, placement) {
  const flags = [];
  const equipment = intervention.equipment.join(", ");
  if (intervention.priority === "urgent") flags.push(["bolt", gettext("Urgente"), "urg"]);
  if (placement?.forced) flags.push(["hand", fill(gettext("Forcée : %(reason)s"), { reason: placement.pinned?.reason ?? "" }), "forced"]);
  if (placement?.pinned) flags.push(["lock", fill(gettext("Verrouillée par %(who)s"), { who: placement.pinned.by }), "lk"]);
  if (intervention.deadline && (intervention.overdue || daysLeft(intervention, placement) <= 1)) {
    flags.push(["clock", fill(gettext("Date limite : %(date)s"), { date: date(intervention.deadline, "long") }), intervention.overdue ? "urg" : "dl"]);
  }
  if (intervention.septic) flags.push(["germ", gettext("Septique : à opérer en dernier"), "hv"]);
  if (intervention.child) flags.push(["child", gettext("Enfant : à opérer en premier"), "qu"]);
  if (equipment) flags.push(["nut", equipment, "qu"]);
  if (intervention.ambulatory) flags.push(["sun", gettext("Ambulatoire"), "qu"]);
  if (intervention.recovery_minutes >= LONG_STAY) flags.push(["bed", fill(gettext("SSPI pendant %(minutes)s"), { minutes: duration(intervention.recovery_minutes) }), "qu"]);
  return flags;
}

export function renderBlocks() {
  const now = frame();
  const changes = state.comparing && new Map(state.comparing.lines.map((line) => [line.intervention, line]));
  const seen = new Set();
  for (const placement of state.placements.values()) {
    const intervention = byId("interventions", placement.intervention);
    const where = intervention && box(now, placement.date, placement.room, placement.start, placement.start + placement.minutes);
    if (!where) continue;
    seen.add(placement.intervention);
    const node = nodes.get(placement.intervention) ?? create(placement.intervention);
    dress(node, intervention, placement, changes?.get(placement.intervention), Boolean(changes));
    setStyle(node, where);
  }
  for (const [id, node] of nodes) {
    if (!seen.has(id)) {
      node.remove();
      nodes.delete(id);
    }
  }
  rove(seen.has(state.selected) ? state.selected : undefined);
}

/** One tab stop for the whole grid. */
export function rove(id) {
  const list = [...nodes.values()];
  const current = nodes.get(id) ?? list.find((node) => node.tabIndex === 0) ?? list[0];
  for (const node of list) node.tabIndex = node === current ? 0 : -1;
}

function create(id) {
  const node = el("button", { type: "button", data: { id } });
  node.tabIndex = -1;
  $("#blocks").append(node);
  nodes.set(id, node);
  return node;
}

function dress(node, intervention, placement, change, comparing) {
  const { name } = stateOf(placement);
  const moving = state.moving?.id === intervention.id ? "orig" : "";
  const picked = state.picked.has(intervention.id);
  const selected = picked || state.selected === intervention.id ? "sel" : "";
  if (state.picked.size) node.setAttribute("aria-pressed", String(picked));
  else node.removeAttribute("aria-pressed");
  const peer = !selected && byId("interventions", state.selected)?.surgeon === intervention.surgeon ? "peer" : "";
  node.className = [
    "blk", specialtyClass(intervention.specialty), name, placement.warnings.length ? "warned" : "", selected, peer, moving,
    matches(intervention) ? "" : "dim", comparing ? (change ? "chg" : "same") : "", editable() ? "" : "fixed",
  ].join(" ");
  const signature = JSON.stringify([placement, change?.kind, state.view, approved(), editable()]);
  if (node.signature === signature) return;
  node.signature = signature;
  if (editable()) node.setAttribute("aria-roledescription", gettext("intervention déplaçable"));
  else node.removeAttribute("aria-roledescription");
  node.setAttribute("aria-label", spoken(intervention, placement));
  node.replaceChildren(face(intervention, placement));
  if (change) node.append(el("span", { class: "chgtag", text: { added: "+", retimed: "↕", moved: "→", removed: "−" }[change.kind] }));
  if (placement.warnings.length) node.append(el("span", { class: "badge" }, icon("alert")));
}

function face(intervention, placement) {
  const surgeon = byId("surgeons", intervention.surgeon);
  const end = placement.start + placement.minutes;
  const [prefix, code] = splitCode(intervention);
  const over = Math.min(1, placement.overtime_minutes / placement.minutes);
  const hours = state.view === "day" && placement.minutes >= 105 ? `${clock(placement.start)}–${clock(end)} · ` : "";
  return el("span", { class: "bx" },
    over ? el("span", { class: "ot", style: { [state.view === "day" ? "width" : "height"]: `${over * 100}%` } }) : null,
    el("span", { class: "in" },
      el("span", { class: code.length > 4 ? "code long" : "code" }, el("i", { text: prefix }), code),
      el("span", { class: "lab", text: softened(intervention.label) }),
      el("span", { class: "surg" }, el("span", { class: "s", text: surgeon?.trigram }), el("span", { class: "f", text: surgeon?.name })),
      el("span", { class: "dur", text: hours + shortDuration(placement.minutes) }),
      el("span", { class: "tags" },
        el("span", { class: "spec", text: byId("specialties", intervention.specialty)?.code }),
        flagsOf(intervention, placement).map(([glyph, , kind]) => el("span", { class: kind }, icon(glyph))))));
}

function spoken(intervention, placement) {
  const parts = [
    nameOf(intervention), intervention.label, byId("specialties", intervention.specialty)?.name,
    surgeonName(intervention.surgeon), date(placement.date, "long"), byId("rooms", placement.room).code,
    fill(gettext("%(start)s à %(end)s"), { start: clock(placement.start), end: clock(placement.start + placement.minutes) }),
    duration(placement.minutes), stateOf(placement).label, ...placement.warnings.map((warning) => warning.text),
    ...flagsOf(intervention, placement).filter(([glyph]) => glyph !== "hand" && glyph !== "lock").map(([, words]) => words),
  ];
  if (placement.overtime_minutes) parts.push(fill(gettext("%(minutes)s d'heures sup."), { minutes: duration(placement.overtime_minutes) }));
  return parts.filter(Boolean).join(", ");
}
