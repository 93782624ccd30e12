/* What is said: to a screen reader through the live region, to everyone through a toast. */
import { $, el } from "./dom.js";

export function say(text) {
  const region = $("#live");
  // The same sentence twice is read twice only if the region changes.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

/** `actions`: [{label, run}]. The toast leaves by itself unless it `stays`. */
export function toast(text, { actions = [], stays = false, level = "" } = {}) {
  const box = el("div", { class: `toast ${level}` }, el("span", { text }));
  for (const { label, run } of actions) {
    box.append(el("button", { type: "button", text: label, on: { click: () => { box.remove(); run?.(); } } }));
  }
  $("#toasts").replaceChildren(box);
  if (!stays) setTimeout(() => box.remove(), actions.length ? 7000 : 4500);
  return box;
}

export function complain(error) {
  toast(error.message, { level: "bad" });
  say(error.message);
}
