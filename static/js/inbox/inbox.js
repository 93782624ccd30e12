// The inbox: the item comes beside the list without leaving it; A accepts, R sends back, the arrows go on.
// Every decision is an ordinary form, so the page works the same without this file.
import { followSelection } from "./selection.js";

const root = document.querySelector("[data-inbox]");
const detail = root.querySelector("[data-detail]");
const items = () => [...root.querySelectorAll("[data-item]")];
const current = () => root.querySelector("[data-item].on");
let asked = 0;
let askedPlaces = 0;

function mark(item) {
  for (const one of items()) {
    const on = one === item;
    one.classList.toggle("on", on);
    const link = one.querySelector("a.open");
    if (on) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// The next one waits below, else above: where the list goes on after a decision.
function after(item) {
  const all = items();
  const place = all.indexOf(item);
  return all[place + 1] ?? all[place - 1] ?? null;
}

function prepare(item) {
  const next = item && after(item);
  for (const field of detail.querySelectorAll("[data-then]")) field.value = next ? next.dataset.item : "";
}

async function open(item, { focus = false } = {}) {
  mark(item);
  item.scrollIntoView({ block: "nearest" });
  const link = item.querySelector("a.open");
  if (focus) link.focus();
  const ticket = ++asked;
  detail.setAttribute("aria-busy", "true");
  try {
    const url = new URL(link.href);
    url.searchParams.set("fragment", "1");
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (ticket !== asked) return;
    if (!answer.ok || answer.redirected) {
      location.assign(link.href);
      return;
    }
    detail.innerHTML = await answer.text();
    detail.dataset.shown = item.dataset.item;
    prepare(item);
    detail.removeAttribute("aria-busy");
  } catch {
    if (ticket !== asked) return;
    detail.removeAttribute("aria-busy");
    detail.innerHTML = `<div class="empty"><p>${gettext("La fiche n'a pas pu être lue. Choisissez-la à nouveau.")}</p></div>`;
  }
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("a.open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.closest("[data-item]"));
});

detail.addEventListener("click", (event) => {
  const motive = event.target.closest("[data-message]");
  if (!motive) return;
  const text = motive.closest("form").querySelector("textarea");
  text.value = motive.dataset.message;
  text.focus();
});

detail.addEventListener("change", (event) => {
  if (!event.target.matches("[name=minutes]")) return;
  const told = detail.querySelector("[data-kept-minutes]");
  if (told) told.textContent = ` · ${event.target.dataset.minutes}`;
  showPlaces(event.target.value);
});

// The first places for the duration that is about to be kept.
async function showPlaces(minutes) {
  const ticket = ++askedPlaces;
  const shown = detail.dataset.shown;
  const places = detail.querySelector("[data-places]");
  places.setAttribute("aria-busy", "true");
  const url = new URL(current().querySelector("a.open").href);
  url.searchParams.set("fragment", "places");
  url.searchParams.set("minutes", minutes);
  let text = "";
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) text = await answer.text();
  } catch {
    // Told below, as an answer that is none.
  }
  if (ticket !== askedPlaces || shown !== detail.dataset.shown) return;
  if (text) places.outerHTML = text;
  else places.innerHTML = `<p class="muted">${gettext("Les places n'ont pas pu être lues. Choisissez la durée à nouveau.")}</p>`;
}

// One open reason at a time; opened, it takes the words.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.pop") || !event.target.open) return;
  for (const other of document.querySelectorAll("details.pop[open]")) if (other !== event.target) other.open = false;
  (event.target.querySelector("textarea") ?? event.target.querySelector("button")).focus();
}, true);

// --- Keys ---------------------------------------------------------------------------------------------------------

function step(by) {
  const all = items();
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))];
  if (next) open(next, { focus: true });
}

function press(key) {
  const target = detail.querySelector(`[data-key=${key}]`);
  if (!target || detail.getAttribute("aria-busy") || detail.dataset.shown !== current()?.dataset.item) return;
  if (target.matches("details")) target.open = true;
  else target.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const card = document.querySelector("details.pop[open]");
    if (card) {
      card.open = false;
      card.querySelector("summary").focus();
    }
    return;
  }
  const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat && "ar".includes(event.key)) return;
  const key = event.key.toLowerCase();
  const elsewhere = event.target.closest("[data-detail], nav, details");
  if ((key === "arrowdown" || key === "arrowup") && !elsewhere) {
    event.preventDefault();
    step(key === "arrowdown" ? 1 : -1);
  } else if (key === "a" || key === "r") {
    event.preventDefault();
    press(key);
  } else if (key === " " && event.target.matches("a.open")) {
    event.preventDefault();
    event.target.closest("[data-item]").querySelector(".ck")?.click();
  }
});

// --- Begin --------------------------------------------------------------------------------------------------------

document.documentElement.dataset.js = "";
followSelection(root);
// On a narrow page what is to be read would cover what is to be done.
if (matchMedia("(max-width: 1023px)").matches) root.querySelector("details.news")?.removeAttribute("open");
for (const toast of document.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 20_000);
const first = current();
if (first && detail.querySelector(".dh")) {
  detail.dataset.shown = first.dataset.item;
  prepare(first);
  first.scrollIntoView({ block: "nearest" });
} else if (first) open(first, { focus: !document.activeElement || document.activeElement === document.body });
