/* Pointer Events: press, four pixels or a long touch, drag, drop. Escape is the keyboard's, in keyboard.js. */
import { $, $$ } from "./dom.js";
import { frame } from "./frame.js";
import { aim, aimAt, begin, end } from "./moving.js";
import { placeCard } from "./preview.js";
import { editable, state, update } from "./store.js";

const THRESHOLD = 4;
const TOUCH_SLACK = 10;
const LONG_PRESS = 280;
const DWELL = 500;
/** Dragging sideways keeps the hour within this many minutes, so that it does not slip. */
const SAME_HOUR = 15;

let press = null;
let spring = null;

export const startDragging = () => {
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", () => release(true));
  document.addEventListener("pointercancel", () => release(false));
  document.addEventListener("touchmove", (event) => { if (press?.on) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (press?.touch) event.preventDefault(); });
  document.addEventListener("click", swallow, true);
  // Ctrl pressed or released without moving: from dropping to swapping, and back.
  for (const type of ["keydown", "keyup"]) {
    document.addEventListener(type, ({ key, type: kind }) => {
      if (!press?.on || (key !== "Control" && key !== "Meta")) return;
      press.swaps = kind === "keydown";
      follow(press.last.clientX, press.last.clientY);
    });
  }
};

export const cancelDrag = () => release(false);

function down(event) {
  const source = event.target.closest(".blk, .card[data-id]");
  if (!source || event.button !== 0 || (state.moving && state.moving.mode !== "hover") || !editable()) return;
  const id = Number(source.dataset.id);
  const placement = state.placements.get(id);
  const under = placement && hit(event.clientX, event.clientY);
  press = {
    id, source, x: event.clientX, y: event.clientY, pointer: event.pointerId, touch: event.pointerType === "touch",
    grab: under && placement ? under.minute - placement.start : 10, origin: placement,
  };
  if (press.touch) press.timer = setTimeout(() => { navigator.vibrate?.(12); start(press.x, press.y); }, LONG_PRESS);
}

function start(x, y) {
  if (state.moving) end(false); // Ctrl was already held over the block that is dragged now
  if (!begin(press.id, "drag")) { press = null; return; }
  press.on = true;
  try { press.source.setPointerCapture(press.pointer); } catch { /* the pointer is already gone */ }
  follow(x, y);
}

function moved(event) {
  if (!press) return;
  press.last = event;
  press.swaps = holding(event);
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > (press.touch ? TOUCH_SLACK : THRESHOLD);
  if (!press.on) {
    if (!far) return;
    if (press.touch) { clearTimeout(press.timer); press = null; return; } // a swipe scrolls
    start(event.clientX, event.clientY);
    return;
  }
  event.preventDefault();
  follow(event.clientX, event.clientY);
}

function follow(x, y) {
  if (!state.moving) return;
  const partner = press.swaps && press.origin ? blockAt(x, y, press.id) : null;
  if (partner) {
    aimAt(partner);
    return placeCard(x, y, press.touch);
  }
  const under = hit(x, y);
  const overDock = !under && press.origin && $("#dock") && inside($("#dock").getBoundingClientRect(), x, y);
  if (under) aim({ ...under, start: sameHour(under) });
  else aim(null, overDock ? "dock" : null);
  placeCard(x, y, press.touch);
  dwell(x, y, under);
  scrollEdges(x, y);
  return undefined;
}

function sameHour({ date, room, minute }) {
  const start = minute - press.grab;
  const origin = press.origin;
  const elsewhere = origin && (origin.date !== date || origin.room !== room);
  return elsewhere && Math.abs(start - origin.start) <= SAME_HOUR ? origin.start : start;
}

const inside = (box, x, y) => x > box.left && x < box.right && y > box.top && y < box.bottom;

/** Ctrl, or Command where Ctrl is a right click. */
export const holding = (event) => event.ctrlKey || event.metaKey;

/** The block under the pointer other than `id`, or null. */
export function blockAt(x, y, id) {
  const node = document.elementsFromPoint(x, y).map((each) => each.closest(".blk")).find((each) => each && Number(each.dataset.id) !== id);
  return node ? Number(node.dataset.id) : null;
}

/** The room-day and minute under the pointer, or null. */
export function hit(x, y) {
  if (!inside($("#scroll").getBoundingClientRect(), x, y)) return null;
  const { axis, view } = frame();
  for (const column of $$("#cols .col")) {
    const box = column.getBoundingClientRect();
    const across = x >= box.left && x < box.right + (view === "day" ? 0 : 1);
    const along = view === "day" ? y >= box.top && y < box.bottom : y >= box.top - 60 && y <= box.bottom + 40;
    if (!across || !along) continue;
    const share = view === "day" ? (x - box.left) / box.width : (y - box.top) / box.height;
    return { date: column.dataset.date, room: Number(column.dataset.room), minute: axis.opens + share * (axis.closes - axis.opens) };
  }
  return null;
}

/** Lingering on a narrow day opens it; on a day's tab, shows it. */
function dwell(x, y, under) {
  const tab = document.elementFromPoint(x, y)?.closest("#corner [data-day]")?.dataset.day;
  const group = under && (state.group === "day" ? under.date : under.room);
  let patch = null;
  if (tab && tab !== state.day) patch = { day: tab };
  else if (state.view === "week" && state.focus !== null && group !== null && group !== state.focus) patch = { focus: group };
  const key = JSON.stringify(patch);
  if (spring?.key === key) return;
  clearTimeout(spring?.timer);
  spring = patch && { key, timer: setTimeout(() => { spring = null; if (state.moving) update(patch); }, DWELL) };
}

function scrollEdges(x, y) {
  const scroller = $("#scroll");
  const box = scroller.getBoundingClientRect();
  if (!inside(box, x, y)) return;
  if (y > box.bottom - 36) scroller.scrollTop += 12;
  else if (y < box.top + 70) scroller.scrollTop -= 12;
  if (x > box.right - 36) scroller.scrollLeft += 12;
  else if (x < box.left + 60) scroller.scrollLeft -= 12;
}

function release(drop) {
  if (!press) return;
  clearTimeout(press.timer);
  clearTimeout(spring?.timer);
  spring = null;
  const { on } = press;
  press = null;
  if (!on) return;
  dropped = true;
  setTimeout(() => { dropped = false; }, 0);
  end(drop);
}

let dropped = false;
/** The click that follows a drop is not a click. */
function swallow(event) {
  if (dropped && event.target.closest(".blk, .card[data-id]")) {
    event.stopPropagation();
    event.preventDefault();
  }
}
