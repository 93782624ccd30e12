/* Choosing whom to swap with: Ctrl over a second block, X and the arrows, or a tap after the sheet's button. */
import { say } from "./announce.js";
import { nodeOf } from "./blocks.js";
import { blockAt, holding } from "./drag.js";
import { gettext } from "./i18n.js";
import { aimAt, begin, end } from "./moving.js";
import { placeCard } from "./preview.js";
import { editable, state } from "./store.js";

export const choosing = () => state.moving?.mode === "pick" || state.moving?.mode === "hover";

export function startSwapping() {
  document.addEventListener("pointermove", hover);
  document.addEventListener("keydown", (event) => { if (HOLD.includes(event.key) && last) hover({ ...last, ctrlKey: true }); });
  document.addEventListener("keyup", (event) => { if (HOLD.includes(event.key)) leave(); });
  document.addEventListener("click", choose, true);
  window.addEventListener("blur", leave);
}

const HOLD = ["Control", "Meta"];
let last = null;
const leave = () => { if (state.moving?.mode === "hover") end(false); };

/** X, or the sheet's button: the arrows or a tap choose the partner. */
export function startSwap(id) {
  if (!state.placements.has(id) || !begin(id, "pick")) return;
  say(gettext("Échange : flèches pour choisir l'autre intervention, Entrée pour échanger, Échap pour annuler."));
  aimAt(null);
  const corner = nodeOf(id)?.getBoundingClientRect();
  if (corner) placeCard(corner.right, corner.top);
}

/** The preview beside the partner. */
export function pick(id) {
  aimAt(id);
  const node = nodeOf(id);
  if (!node) return;
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
  const corner = node.getBoundingClientRect();
  placeCard(corner.right - 8, corner.top - 4);
}

function hover(event) {
  const { clientX, clientY, buttons, pointerType } = event;
  if (buttons || pointerType === "touch") return undefined;
  last = { clientX, clientY, buttons, pointerType };
  const { moving, selected } = state;
  if (moving && !choosing()) return undefined;
  const from = moving?.id ?? selected;
  const wanted = moving?.mode === "pick" || holding(event);
  const partner = wanted && from && state.placements.has(from) ? blockAt(clientX, clientY, from) : null;
  if (!partner) return moving?.mode === "hover" ? end(false) : undefined;
  if (!moving && (!editable() || !begin(from, "hover"))) return undefined;
  aimAt(partner);
  return placeCard(clientX, clientY);
}

/** A click on the partner under preview swaps; on another block, previews it; elsewhere, gives up. */
function choose(event) {
  if (!choosing()) return undefined;
  const block = event.target.closest(".blk");
  event.preventDefault();
  event.stopPropagation();
  const id = block && Number(block.dataset.id);
  if (!id || id === state.moving.id) return end(false);
  if (id === state.moving.partner) return end(true);
  return pick(id);
}
