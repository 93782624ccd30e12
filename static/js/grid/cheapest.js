/* For each waiting card in sight, its cheapest place: one quiet request at a time, forgotten when the plan changes. */
import { el, icon } from "./dom.js";
import { change, placeText } from "./i18n.js";
import { levelOf } from "./level.js";
import { lift } from "./lift.js";
import { byId, editable, state } from "./store.js";

let waiting = [];
let busy = false;
const observer = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    waiting = waiting.filter((card) => card !== target);
    if (isIntersecting) waiting.push(target);
  }
  next();
});

/** Watches freshly drawn cards; those scrolled away or redrawn are never asked about. */
export function watch(cards) {
  observer.disconnect();
  waiting = [];
  if (editable()) for (const card of cards) if (!card.querySelector(".first.none")) observer.observe(card);
}

async function next() {
  if (busy || state.moving) return;
  const card = waiting.shift();
  if (!card) return;
  busy = true;
  observer.unobserve(card);
  try {
    const { best } = await lift(Number(card.dataset.id));
    if (card.isConnected && best.length) show(card, best[0]);
  } catch { /* the card keeps what it says */ }
  busy = false;
  next();
}

function show(card, place) {
  const level = levelOf(place.status);
  card.querySelector(".first").replaceWith(el("span", { class: `first ${level.name}` }, icon(level.glyph),
    el("span", { text: placeText(byId("rooms", place.room).code, place.date, place.start) }), el("span", { class: "amt", text: change(place.delta) })));
}
