/* Two room-days exchange all that they hold: drag a room's head on another, or Shift+X; confirmed with its price. */
import { swapRooms } from "./actions.js";
import { complain } from "./announce.js";
import { post } from "./api.js";
import { ask } from "./dialog.js";
import { $$, el } from "./dom.js";
import { cellKey, cells } from "./frame.js";
import { date, fill, gettext, ngettext } from "./i18n.js";
import { verdictLine } from "./moveto.js";
import { editable, state } from "./store.js";

const THRESHOLD = 6;
let press = null;

const headAt = (x, y) => document.elementFromPoint(x, y)?.closest(".rh[data-room], .rl[data-room]");
const endOf = ({ dataset }) => ({ date: dataset.date, room: Number(dataset.room) });

export function startRoomDrag() {
  document.addEventListener("pointerdown", (event) => {
    const head = event.target.closest?.(".rh[data-room], .rl[data-room]");
    if (head && event.button === 0 && editable() && !state.moving) press = { from: endOf(head), x: event.clientX, y: event.clientY, on: false };
  });
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", (event) => drop(headAt(event.clientX, event.clientY)));
  document.addEventListener("pointercancel", () => drop(null));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") drop(null); });
}

function follow(event) {
  if (!press) return;
  press.on ||= Math.hypot(event.clientX - press.x, event.clientY - press.y) > THRESHOLD;
  if (press.on) mark(headAt(event.clientX, event.clientY));
}

function mark(head) {
  for (const node of $$(".rh, .rl")) {
    const from = press && node.dataset.date === press.from.date && Number(node.dataset.room) === press.from.room;
    node.classList.toggle("swapfrom", Boolean(press?.on && from));
    node.classList.toggle("swapto", Boolean(press?.on && !from && node === head));
  }
}

function drop(head) {
  const { on, from } = press ?? {};
  press = null;
  if (!on) return;
  mark(null);
  const to = head && endOf(head);
  if (to && (to.date !== from.date || to.room !== from.room)) openRoomSwap(from, to);
}

export async function openRoomSwap({ date: day, room }, other = null) {
  if (!editable()) return;
  const from = ends("from", gettext("Échanger la journée de"), { date: day, room });
  const to = ends("to", gettext("avec celle de"), other ?? neighbourOf(day, room));
  const verdict = verdictLine();
  let known = null;
  const both = () => ({ ...from.value(), other_room: to.value().room, other_date: to.value().date });
  const price = async () => {
    try {
      const asked = both();
      const answer = await post(`plans/${state.plan.id}/room-swaps/price/`, asked);
      if (JSON.stringify(asked) !== JSON.stringify(both())) return;
      known = answer;
      const count = fill(ngettext("%(n)s intervention change de place", "%(n)s interventions changent de place", answer.landings?.length ?? 0), { n: answer.landings?.length ?? 0 });
      verdict.tell(answer, answer.refused ? [] : [answer.delta_text, count]);
    } catch (error) {
      complain(error);
    }
  };
  for (const part of [from, to]) part.node.addEventListener("change", price);
  price();
  const answer = await ask({
    title: gettext("Échanger deux salles"),
    content: [from.node, to.node, el("p", { class: "mut", text: gettext("Chaque intervention garde son heure et sera verrouillée à sa nouvelle place. L'échange s'annule en une fois.") }), verdict.node],
    buttons: [{ label: gettext("Annuler"), value: "" }, { label: gettext("Échanger"), value: "yes", class: "primary" }],
  });
  if (answer !== "yes") return;
  if (known?.refused) complain(new Error(known.refused));
  else swapRooms(both(), known);
}

function ends(name, label, chosen) {
  const { days, rooms } = state.grid;
  const option = (value, text, selected) => el("option", { value: String(value), text, selected });
  const day = el("select", { "aria-label": gettext("Jour"), id: `${name}-day` }, days.map((each) => option(each.date, date(each.date, "long"), each.date === chosen.date)));
  const room = el("select", { "aria-label": gettext("Salle"), id: `${name}-room` }, rooms.map((each) => option(each.id, [each.code, each.name].filter(Boolean).join(" · "), each.id === chosen.room)));
  return { node: el("fieldset", { class: "ends" }, el("legend", { text: label }), room, day), value: () => ({ date: day.value, room: Number(room.value) }) };
}

/** The first other room that works the same day, for a start. */
function neighbourOf(day, room) {
  const placed = cells();
  const other = state.grid.rooms.find(({ id }) => id !== room && placed.has(cellKey(day, id))) ?? state.grid.rooms.find(({ id }) => id !== room);
  return { date: day, room: other?.id ?? room };
}
