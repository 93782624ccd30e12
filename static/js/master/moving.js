/* A vacation in the air, by pointer or by keys: the server says where it may go, each cell shows it. */
import { complain, say } from "../grid/announce.js";
import { $, $$, el } from "../grid/dom.js";
import { clock, fill, gettext } from "../grid/i18n.js";
import { lift, place } from "./actions.js";
import { across, dayOf, roomById, state } from "./store.js";

const RANK = { ok: 0, warn: 1, bad: 2 };

/** `slot`: one of the draft; or `owner`: a new one, as long as the step. Resolves once the cells are known. */
export async function startMove({ slot = null, owner = slot?.owner, keys = true }) {
  if (!state.board.editable || state.moving) return;
  const { opens, midday } = state.board.axis;
  const minutes = slot ? slot.end - slot.start : state.step || midday - opens;
  const moving = { slot, owner, minutes, keys, cells: null, target: null };
  state.moving = moving;
  if (slot) $(`.sl[data-id="${slot.id}"]`)?.classList.add("lift");
  try {
    const { cells } = await lift({ slot: slot?.id ?? 0, owner, week: state.week, minutes, step: state.step });
    if (state.moving !== moving) return;
    moving.cells = cells;
    paint();
    if (keys) {
      say(gettext("Déplacement : flèches pour choisir, Entrée pour poser, Échap pour annuler."));
      aim(first(moving));
    } else if (moving.pointer) moving.pointer();
  } catch (error) {
    endMove(false);
    complain(error);
  }
}

/** From its place, or from the first place that suits. */
function first({ slot, cells }) {
  if (slot) return nearest(slot.weekday, slot.room, slot.start);
  for (const { weekday } of state.board.days) {
    for (const room of state.board.rooms) {
      const found = cells[`${weekday}-${room.id}`]?.find((one) => one.status === "ok");
      if (found) return { weekday, room: room.id, ...found };
    }
  }
  return nearest(state.board.days[0].weekday, state.board.rooms[0].id, state.board.axis.opens);
}

export function nearest(weekday, room, minute) {
  const starts = state.moving?.cells?.[`${weekday}-${room}`] ?? [];
  const best = [...starts].sort((a, b) => Math.abs(a.start - minute) - Math.abs(b.start - minute))[0];
  return best ? { weekday, room, ...best } : null;
}

function paint() {
  for (const cell of $$("#mgrid .cell")) {
    const starts = state.moving.cells[`${cell.dataset.weekday}-${cell.dataset.room}`] ?? [];
    const best = [...starts].sort((a, b) => RANK[a.status] - RANK[b.status])[0];
    cell.classList.add(best?.status ?? "bad");
    $(".rs", cell).textContent = best?.status === "ok" ? "✓" : best?.chip ?? gettext("trop court");
  }
}

export function aim(target) {
  $$(".prev").forEach((each) => each.remove());
  const { moving } = state;
  moving.target = target;
  if (!target) return;
  const end = target.start + moving.minutes;
  const box = $(`.cell[data-room="${target.room}"][data-weekday="${target.weekday}"]`);
  box.append(el("i", { class: `prev ${target.status}`, style: { left: across(target.start), width: `calc(${across(end)} - ${across(target.start)})` } }));
  if (moving.keys) box.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(fill(gettext("%(day)s, %(room)s, %(start)s à %(end)s : %(verdict)s"), { day: dayOf(target.weekday), room: roomById(target.room).code, start: clock(target.start), end: clock(end), verdict: target.text }));
}

export async function endMove(drop) {
  const { moving } = state;
  if (!moving) return;
  state.moving = null;
  $$(".prev").forEach((each) => each.remove());
  $$(".lift").forEach((each) => each.classList.remove("lift"));
  for (const cell of $$("#mgrid .cell")) cell.classList.remove("ok", "warn", "bad");
  const { target, slot, owner, minutes } = moving;
  if (!drop || !target) {
    say(gettext("Déplacement annulé"));
    return;
  }
  const where = { weekday: target.weekday, room: target.room, start: target.start, end: target.start + minutes };
  await place(slot ?? { id: 0, owner, week: state.week }, where);
  if (moving.keys && state.selected) $(`.sl[data-id="${state.selected}"]`)?.focus();
}

/** One step of the arrows: along the hours and days, or from room to room. */
export function stepMove(dx, dy) {
  const { target, cells } = state.moving;
  if (!target || !cells) return;
  if (dy) {
    const ids = state.board.rooms.map((room) => room.id);
    const next = ids[ids.indexOf(target.room) + dy];
    if (next !== undefined) aim(nearest(target.weekday, next, target.start) ?? target);
    return;
  }
  const line = state.board.days.flatMap(({ weekday }) => (cells[`${weekday}-${target.room}`] ?? []).map((one) => ({ weekday, room: target.room, ...one })));
  const here = line.findIndex((one) => one.weekday === target.weekday && one.start === target.start);
  if (line[here + dx]) aim(line[here + dx]);
}
