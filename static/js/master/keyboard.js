/* Everything the pointer does, by the keyboard. */
import { $ } from "../grid/dom.js";
import { pin, redo, remove, undo } from "./actions.js";
import { cancelDrag } from "./drag.js";
import { endMove, startMove, stepMove } from "./moving.js";
import { shown, slotById, state, update } from "./store.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if ($("#dialog").open) return;
    if (state.moving) return duringMove(event);
    if (event.target.matches("select, input, textarea")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      if (event.shiftKey || key === "y") redo(); else undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const need = event.target.closest?.(".nl");
    if (need && ["Enter", " ", "m"].includes(event.key)) { event.preventDefault(); startMove({ owner: need.dataset.owner }); return; }
    const node = event.target.closest?.(".sl");
    if (node) onSlot(event, slotById(Number(node.dataset.id)));
  });
}

function onSlot(event, slot) {
  const arrow = ARROWS[event.key];
  if (arrow) { event.preventDefault(); walk(slot, arrow); return; }
  const act = { m: () => startMove({ slot }), l: () => pin(slot), Delete: () => remove(slot) }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act && state.board.editable) { event.preventDefault(); act(); }
}

function duringMove(event) {
  if (event.key === "Escape") { event.preventDefault(); cancelDrag(); endMove(false); return; }
  if (!state.moving.keys) return;
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); endMove(true); return; }
  const arrow = ARROWS[event.key];
  if (arrow) { event.preventDefault(); stepMove(...arrow); }
}

/** To the neighbour in the row, or to the nearest hour of the next room that has any that day. */
function walk(slot, [dx, dy]) {
  const rooms = state.board.rooms.map((room) => room.id);
  const when = (one) => one.weekday * 1440 + one.start;
  let next;
  if (dx) {
    const row = shown().filter((one) => one.room === slot.room).sort((a, b) => when(a) - when(b));
    next = row[row.findIndex((one) => one.id === slot.id) + dx];
  } else {
    for (let line = rooms.indexOf(slot.room) + dy; rooms[line] !== undefined && !next; line += dy) {
      next = shown().filter((one) => one.room === rooms[line] && one.weekday === slot.weekday).sort((a, b) => Math.abs(a.start - slot.start) - Math.abs(b.start - slot.start))[0];
    }
  }
  if (!next) return;
  if (state.tab === "slot") update({ selected: next.id });
  const node = $(`.sl[data-id="${next.id}"]`);
  node.focus();
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}
