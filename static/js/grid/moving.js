/* A move or a swap under way, by pointer or by keyboard: lift once, price each new place, drop or give up. */
import { move, swap, unplan } from "./actions.js";
import { complain, say } from "./announce.js";
import { post } from "./api.js";
import { nodeOf } from "./blocks.js";
import { $, $$ } from "./dom.js";
import { frame } from "./frame.js";
import { snap } from "./geometry.js";
import { paintTargets } from "./heads.js";
import { gettext } from "./i18n.js";
import { lift } from "./lift.js";
import { clearPreview, fillCard, showPreview, spokenPlace } from "./preview.js";
import { showSwap, spokenSwap } from "./swappreview.js";
import { byId, editable, state, update } from "./store.js";

/** Waits this long on a place before asking its price, in milliseconds. */
const SETTLE = 60;
/** The server's own best start attracts from this far, in minutes. */
const MAGNET = 10;

let timer = null;
let asked = null;

/** `mode`: "drag", "keys", or for a swap alone "pick" (by X or a button) and "hover" (Ctrl held over a second block). */
export function begin(id, mode) {
  if (!editable() || state.moving) return false;
  const intervention = byId("interventions", id);
  const placement = state.placements.get(id);
  const moving = { id, mode, minutes: placement?.minutes ?? intervention.minutes, origin: placement ?? null, place: null, partner: null, price: null, over: null, targets: null, list: null };
  update({ moving });
  const swapping = mode === "pick" || mode === "hover";
  document.documentElement.classList.add(swapping ? "swapping" : "dragging");
  $("#carry").hidden = false;
  fillCard(moving);
  for (const card of $$(`.card[data-id="${id}"]`)) card.classList.add("lift");
  if (swapping) return true;
  lift(id).then(({ targets, list }) => {
    if (state.moving !== moving) return;
    Object.assign(moving, { targets, list });
    paintTargets(targets);
    fillCard(moving);
  }, (error) => {
    if (state.moving === moving) end(false);
    complain(error);
  });
  return true;
}

/** The widgets were drawn anew during a move: put its colours back. */
export function repaint() {
  if (!state.moving) return;
  paintTargets(state.moving.targets);
  show(state.moving);
}

function show(moving) {
  if (moving.partner) showSwap(moving);
  else showPreview(moving);
  fillCard(moving);
}

/** Aims at a room-day and a minute; `null` when the pointer is over no room. */
export function aim(place, over = null) {
  const { moving } = state;
  const next = place && { date: place.date, room: place.room, start: attracted(moving, place) };
  if (JSON.stringify(next) !== JSON.stringify(moving.place) || over !== moving.over || moving.partner) point(moving, { place: next, over, partner: null });
}

/** Aims at another block, to exchange places with it; `null` at none. */
export function aimAt(partner) {
  const { moving } = state;
  if (moving.partner !== partner) point(moving, { place: null, over: null, partner });
}

function point(moving, goal) {
  Object.assign(moving, goal, { price: null });
  const { place, over, partner } = goal;
  clearTimeout(timer);
  asked?.abort();
  if (place || partner) timer = setTimeout(() => price(moving, place, partner), SETTLE);
  else if (state.preview) update({ preview: null });
  show(moving);
  $("#pane").classList.toggle("drop", over === "dock");
}

function attracted(moving, { date, room, start }) {
  const { axis } = frame();
  const best = moving.mode === "drag" ? moving.targets?.get(`${date}/${room}`) : null;
  if (best && best.start !== null && Math.abs(best.start - start) <= MAGNET) return best.start;
  return Math.min(snap(axis, start), Math.max(axis.opens, axis.closes - moving.minutes));
}

async function price(moving, place, partner) {
  asked = new AbortController();
  const [name, body] = partner ? ["swaps/price", { first: moving.id, second: partner }] : ["price", { intervention: moving.id, ...place }];
  try {
    const answer = await post(`plans/${state.plan.id}/${name}/`, body, asked.signal);
    if (state.moving !== moving || moving.place !== place || moving.partner !== partner) return;
    moving.price = { violations: [], shifts: [], landings: [], ...answer };
    update({ preview: answer.indicators ?? null });
    show(moving);
    if (moving.mode !== "drag") say(partner ? spokenSwap(moving) : spokenPlace(moving));
  } catch (error) {
    if (error.name !== "AbortError" && state.moving === moving) complain(error);
  }
}

export function end(drop) {
  const { moving } = state;
  if (!moving) return;
  clearTimeout(timer);
  asked?.abort();
  clearPreview();
  paintTargets(null);
  document.documentElement.classList.remove("dragging", "swapping");
  $("#carry").hidden = true;
  $("#pane").classList.remove("drop");
  for (const card of $$(".card.lift")) card.classList.remove("lift");
  update({ moving: null, preview: null });
  nodeOf(moving.id)?.focus({ preventScroll: true });
  if (drop) settle(moving);
  else if (moving.mode !== "hover") say(moving.mode === "pick" ? gettext("Échange annulé") : gettext("Déplacement annulé"));
}

function settle({ id, over, place, partner, price: known, origin }) {
  if (over === "dock" && origin) return unplan(id);
  if ((place || partner) && known?.refused) return complain(new Error(known.refused));
  if (partner) return swap(id, partner, known);
  if (!place) return undefined;
  const start = known?.start ?? place.start;
  if (origin && origin.room === place.room && origin.date === place.date && origin.start === start) return undefined;
  return move(id, { ...place, start }, known?.violations ?? []);
}
