/* A move under way, by pointer or by keyboard: lift once, price each new place, drop or give up. */
import { move, unplan } from "./actions.js";
import { complain, say } from "./announce.js";
import { post } from "./api.js";
import { nodeOf, renderBlocks } from "./blocks.js";
import { $, $$ } from "./dom.js";
import { frame } from "./frame.js";
import { snap } from "./geometry.js";
import { paintTargets } from "./heads.js";
import { gettext } from "./i18n.js";
import { lift } from "./lift.js";
import { clearPreview, fillCard, showPreview, spokenPlace } from "./preview.js";
import { byId, editable, state, update } from "./store.js";

/** Waits this long on a place before asking its price, in milliseconds. */
const SETTLE = 60;
/** The server's own best start attracts from this far, in minutes. */
const MAGNET = 10;

let timer = null;
let asked = null;

export function begin(id, mode) {
  if (!editable() || state.moving) return false;
  const intervention = byId("interventions", id);
  const placement = state.placements.get(id);
  const moving = { id, mode, minutes: placement?.minutes ?? intervention.minutes, origin: placement ?? null, place: null, price: null, over: null, targets: null, list: null };
  update({ moving });
  document.documentElement.classList.add("dragging");
  $("#carry").hidden = false;
  fillCard(moving);
  for (const card of $$(`.card[data-id="${id}"]`)) card.classList.add("lift");
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
  showPreview(state.moving);
}

/** Aims at a room-day and a minute; `null` when the pointer is over no room. */
export function aim(place, over = null) {
  const { moving } = state;
  const next = place && { date: place.date, room: place.room, start: attracted(moving, place) };
  const same = JSON.stringify(next) === JSON.stringify(moving.place) && over === moving.over;
  if (same) return;
  Object.assign(moving, { place: next, over, price: null });
  clearTimeout(timer);
  asked?.abort();
  if (next) timer = setTimeout(() => price(moving, next), SETTLE);
  else if (state.preview) update({ preview: null });
  showPreview(moving);
  fillCard(moving);
  $("#pane").classList.toggle("drop", over === "dock");
}

function attracted(moving, { date, room, start }) {
  const { axis } = frame();
  const best = moving.mode === "drag" ? moving.targets?.get(`${date}/${room}`) : null;
  if (best && best.start !== null && Math.abs(best.start - start) <= MAGNET) return best.start;
  return Math.min(snap(axis, start), Math.max(axis.opens, axis.closes - moving.minutes));
}

async function price(moving, place) {
  asked = new AbortController();
  try {
    const answer = await post(`plans/${state.plan.id}/price/`, { intervention: moving.id, ...place }, asked.signal);
    if (state.moving !== moving || moving.place !== place) return;
    moving.price = { violations: [], shifts: [], ...answer };
    update({ preview: answer.indicators ?? null });
    showPreview(moving);
    fillCard(moving);
    if (moving.mode === "keys") say(spokenPlace(moving));
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
  document.documentElement.classList.remove("dragging");
  $("#carry").hidden = true;
  $("#pane").classList.remove("drop");
  for (const card of $$(".card.lift")) card.classList.remove("lift");
  update({ moving: null, preview: null });
  renderBlocks();
  nodeOf(moving.id)?.focus({ preventScroll: true });
  if (!drop) say(gettext("Déplacement annulé"));
  else settle(moving);
}

function settle({ id, over, place, price: known, origin }) {
  if (over === "dock" && origin) return unplan(id);
  if (!place) return undefined;
  if (known?.refused) return complain(new Error(known.refused));
  const start = known?.start ?? place.start;
  if (origin && origin.room === place.room && origin.date === place.date && origin.start === start) return undefined;
  return move(id, { ...place, start }, known?.violations ?? []);
}
