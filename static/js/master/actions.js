/* Each change is the server's to judge: it answers the fresh board, or the reason why not. */
import { complain, say, toast } from "../grid/announce.js";
import { post } from "../grid/api.js";
import { clock, fill, gettext } from "../grid/i18n.js";
import { dayOf, ownerOf, roomById, setBoard, slotById, state, update } from "./store.js";

const path = (name) => `master-plans/${state.board.id}/${name}/`;
let busy = false;

export async function change(name, body, said, select) {
  if (busy) return false;
  busy = true;
  try {
    const known = new Set(state.board.slots.map((slot) => slot.id));
    setBoard(await post(path(name), { revision: state.board.revision, ...body }));
    if (select) update({ selected: slotById(select) ? select : state.board.slots.find((slot) => !known.has(slot.id))?.id ?? null });
    if (said) announce(said, name !== "undo" && name !== "redo");
    return true;
  } catch (error) {
    if (error.body?.board) setBoard(error.body.board);
    complain(error);
    return false;
  } finally {
    busy = false;
  }
}

function announce(text, undoable) {
  toast(text, { actions: undoable && state.board.undo ? [{ label: gettext("Annuler"), run: undo }] : [] });
  say(text);
}

export const lift = (moving, signal) => post(path("lift"), moving, signal);

export function place(slot, where = {}) {
  const wanted = { ...slot, ...where };
  const text = fill(gettext("%(owner)s : %(day)s, %(room)s, %(start)s–%(end)s"), {
    owner: ownerOf(wanted.owner).name, day: dayOf(wanted.weekday), room: roomById(wanted.room).code,
    start: clock(wanted.start), end: clock(wanted.end),
  });
  const { id, owner, week, weekday, room, start, end, pinned } = wanted;
  return change("place", { slot: id, owner, week, weekday, room, start, end, pinned: Boolean(pinned) }, text, id || -1);
}

export const remove = (slot) =>
  change("remove", { slot: slot.id }, fill(gettext("%(owner)s : vacation retirée"), { owner: ownerOf(slot.owner).name }));

export const pin = (slot) =>
  change("pins", { slot: slot.id, pinned: !slot.pinned }, slot.pinned ? gettext("Vacation déverrouillée") : gettext("Vacation verrouillée : elle reste comme elle est"));

const step = (name, said) => {
  const { board } = state;
  return board.editable && board[name] ? change(name, {}, fill(said, { step: board[name].label })) : undefined;
};
export const undo = () => step("undo", gettext("Annulé : %(step)s"));
export const redo = () => step("redo", gettext("Rétabli : %(step)s"));

export async function propose() {
  say(gettext("Recherche d'une proposition…"));
  await change("propose", {}, gettext("Proposition faite selon l'activité ; les vacations verrouillées n'ont pas bougé"));
}
