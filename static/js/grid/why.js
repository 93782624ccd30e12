/* "Pourquoi ici ?": the server's sentence, other places with their difference, what would change it, what is closed. */
import { makeRoom, move } from "./actions.js";
import { say } from "./announce.js";
import { $, button, el } from "./dom.js";
import { clock, gettext } from "./i18n.js";
import { hint } from "./preview.js";
import { byId, state, update } from "./store.js";
import { explanation, follow } from "./whyask.js";

/** Waits this long on a sheet before asking a worker for the exact figures, in milliseconds. */
const DWELL = 700;

export function why(intervention, placement) {
  const title = placement ? gettext("Pourquoi ici ?") : gettext("Pourquoi pas planifiée ?");
  const heading = el("h3", { id: "why-title", tabindex: "-1" }, title, el("kbd", { text: "E", title: gettext("Au clavier (E)") }));
  const content = el("div", { class: "why-in", "aria-live": "polite" }, el("p", { class: "mut", text: gettext("Recherche des raisons…") }));
  const part = el("section", { class: "sec whys", "aria-labelledby": "why-title" }, heading, content);
  if (!state.plan) return null;
  const draw = (answer) => content.replaceChildren(...shown(intervention, placement, answer));
  explanation(intervention.id).then((answer) => {
    draw(answer);
    if (!settled(answer)) setTimeout(() => { if (part.isConnected) follow(intervention.id, draw, () => part.isConnected); }, DWELL);
  }, (error) => content.replaceChildren(el("p", { class: "mut", text: error.message })));
  return part;
}

const settled = (answer) => ["done", "failed"].includes(answer.background.state);

function shown(intervention, placement, answer) {
  return [
    answer.decision ? el("p", { class: "why", text: answer.decision }) : null,
    el("p", { class: "why", text: answer.text }),
    placement ? null : closed(answer.barred, true),
    list(placement ? gettext("Autres places") : gettext("Places possibles"), answer.alternatives, (each) => place(intervention, placement, each)),
    list(gettext("Ce qui changerait la réponse"), answer.changes, (each) => place(intervention, placement, each)),
    el("p", { class: "mut basis", text: [answer.basis_text, answer.background.text].filter(Boolean).join(" ") }),
    placement ? closed(answer.barred, false) : null,
  ].filter(Boolean);
}

const list = (title, entries, row) => (entries.length ? el("div", { class: "alts" }, el("h4", { text: title }), entries.map(row)) : null);

function place(intervention, placement, each) {
  const there = { room: each.room, date: each.date, start: each.start };
  const show = () => each.start !== null && hint(there, intervention.minutes);
  const hide = () => hint(null);
  const way = {
    move: [placement ? gettext("Déplacer") : gettext("Placer"), () => move(intervention.id, there)],
    "make-room": [gettext("Faire la place"), () => makeRoom(intervention.id, each.slot)],
  }[each.apply];
  return el("div", { class: "alt whalt", on: { mouseenter: show, mouseleave: hide, focusin: show, focusout: hide } },
    el("span", { class: "p", text: each.start === null ? each.text : `${each.text} · ${clock(each.start)}` }), el("span", { class: `amt ${each.delta > 0 ? "warn" : "ok"}`, text: each.delta_text }),
    el("small", {}, each.detail.map((line) => el("span", { text: line }))), way ? button(way[0], { on: { click: way[1] } }) : null);
}

const closed = (groups, open) => (groups.length
  ? el("details", { class: "closed", open }, el("summary", { text: open ? gettext("Ce qui l'empêche") : gettext("Ce qui ferme les autres places") }), el("ul", {}, groups.map((group) => el("li", { text: group.text }))))
  : null);

/** Key E: the sheet with its reasons in view, and read aloud. */
export async function openWhy(id) {
  update({ selected: id, tab: "item" });
  if (!byId("interventions", id).code) return; // another surgeon's patient: nothing to tell
  $("#why-title")?.scrollIntoView({ block: "start" });
  $("#why-title")?.focus({ preventScroll: true });
  try {
    const answer = await explanation(id);
    say([answer.decision, answer.text].filter(Boolean).join(" "));
  } catch (error) {
    say(error.message);
  }
}
