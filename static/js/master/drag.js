/* Pointer Events: press, four pixels or a long touch, drag, drop. */
import { $, $$, el } from "../grid/dom.js";
import { duration } from "../grid/i18n.js";
import { aim, endMove, nearest, startMove } from "./moving.js";
import { ownerOf, slotById, state } from "./store.js";

const THRESHOLD = 4;
const TOUCH_SLACK = 10;
const LONG_PRESS = 280;
let press = null;
let dropped = false;

export function startDragging() {
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", () => release(true));
  document.addEventListener("pointercancel", () => release(false));
  document.addEventListener("touchmove", (event) => { if (press?.on) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (press?.touch) event.preventDefault(); });
  // The click that follows a drop is not a click.
  document.addEventListener("click", (event) => { if (dropped) { event.stopPropagation(); event.preventDefault(); } }, true);
}

export const cancelDrag = () => release(false);

function down(event) {
  const source = event.target.closest(".sl, .nl");
  if (!source || event.button !== 0 || !state.board.editable || state.moving) return;
  const slot = source.dataset.id ? slotById(Number(source.dataset.id)) : null;
  const grab = slot ? minuteAt(source.closest(".cell"), event.clientX) - slot.start : 30;
  press = { slot, owner: slot?.owner ?? source.dataset.owner, grab, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch" };
  if (press.touch) press.timer = setTimeout(() => { navigator.vibrate?.(12); begin(press.x, press.y); }, LONG_PRESS);
}

function begin(x, y) {
  press.on = true;
  startMove({ slot: press.slot, owner: press.owner, keys: false });
  // The cells may be known only after the pointer has come to rest.
  if (state.moving) state.moving.pointer = () => press && follow(press.x, press.y);
  const owner = ownerOf(press.owner);
  const carry = $("#carry");
  carry.className = `carry s-${owner.colour}`;
  carry.replaceChildren(el("b", { text: owner.code }), ` · ${duration(state.moving?.minutes ?? 0)}`);
  carry.hidden = false;
  follow(x, y);
}

function moved(event) {
  if (!press) return;
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > (press.touch ? TOUCH_SLACK : THRESHOLD);
  if (!press.on) {
    if (!far) return;
    if (press.touch) { clearTimeout(press.timer); press = null; return; } // a swipe scrolls
    begin(event.clientX, event.clientY);
  }
  event.preventDefault();
  Object.assign(press, { x: event.clientX, y: event.clientY });
  follow(event.clientX, event.clientY);
}

function follow(x, y) {
  const carry = $("#carry");
  carry.style.left = `${x + 12}px`;
  carry.style.top = `${y + (press.touch ? -48 : 12)}px`;
  if (!state.moving?.cells) return;
  const cell = $$("#mgrid .cell").find((each) => { const box = each.getBoundingClientRect(); return x >= box.left && x < box.right && y >= box.top && y < box.bottom; });
  aim(cell ? nearest(Number(cell.dataset.weekday), Number(cell.dataset.room), minuteAt(cell, x) - press.grab) : null);
}

function minuteAt(cell, x) {
  const { opens, closes } = state.board.axis;
  const box = cell.getBoundingClientRect();
  return opens + ((x - box.left) / box.width) * (closes - opens);
}

function release(drop) {
  if (!press) return;
  clearTimeout(press.timer);
  const { on } = press;
  press = null;
  $("#carry").hidden = true;
  if (!on) return;
  dropped = true;
  setTimeout(() => { dropped = false; }, 0);
  endMove(drop);
}
