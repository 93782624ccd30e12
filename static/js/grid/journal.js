/* "Journal": who did what in this week and why, read beside the grid. */
import { get } from "./api.js";
import { button, el } from "./dom.js";
import { gettext, moment } from "./i18n.js";
import { runLink } from "./links.js";
import { state, update } from "./store.js";

let read = { revision: null, entries: [], next: null };

/** The latest entries, asked once a revision of the plan. */
export async function entries() {
  const revision = `${state.plan?.id}/${state.plan?.revision}/${state.run?.state}`;
  if (read.revision !== revision) read = { revision, ...(await get(`weeks/${state.grid.week}/journal/`)) };
  return read.entries;
}

export function entryRow({ at, user, action_label: action, text, reason, cost_delta_text: cost, intervention, run }) {
  const show = () => update({ selected: intervention, tab: "item", reveal: intervention });
  const known = intervention && state.placements.has(intervention);
  return el("li", { class: "entry" },
    el("div", { class: "r" }, el("b", { text: action }), cost ? el("span", { class: "amt", text: cost }) : null),
    text || run ? el("p", {}, text, runLink(run), known ? button(gettext("Voir"), { class: "lnk", on: { click: show } }) : null) : null,
    reason ? el("p", {}, el("q", { text: reason })) : null,
    el("small", { text: [user ?? gettext("Le planificateur"), moment(at)].join(" · ") }));
}

export function renderJournal(pane) {
  if (!pane.querySelector(".journal")) pane.replaceChildren(el("ol", { class: "journal" }, el("li", { class: "entry mut", text: gettext("Lecture du journal…") })));
  entries().then(() => draw(pane), (error) => pane.replaceChildren(el("p", { class: "nothing", text: error.message })));
}

function draw(pane) {
  if (pane.dataset.tab !== "log") return;
  if (!read.entries.length) {
    pane.replaceChildren(el("div", { class: "nothing" }, el("b", { text: gettext("Rien encore") }), el("span", { text: gettext("Les décisions de la semaine s'inscriront ici.") })));
    return;
  }
  const more = async () => {
    const page = await get(`weeks/${state.grid.week}/journal/?page=${read.next}`);
    read = { ...read, entries: [...read.entries, ...page.entries], next: page.next };
    draw(pane);
  };
  pane.replaceChildren(el("ol", { class: "journal" }, read.entries.map(entryRow)),
    read.next ? el("div", { class: "nothing" }, button(gettext("Voir plus"), { on: { click: more } })) : "");
}
