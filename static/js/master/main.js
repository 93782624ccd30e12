/* The board of a master plan's draft: reads the embedded answer of the server, draws it, wires the controls. */
import { complain } from "../grid/announce.js";
import { $, $$, el, icon } from "../grid/dom.js";
import { fill, gettext, ngettext, pgettext } from "../grid/i18n.js";
import { place, propose, redo, undo } from "./actions.js";
import { startDragging } from "./drag.js";
import { studyText } from "./format.js";
import { renderGrid } from "./grid.js";
import { startKeyboard } from "./keyboard.js";
import { renderKpis } from "./kpis.js";
import { needsPane } from "./needs.js";
import { slotPane } from "./slot.js";
import { setBoard, state, subscribe, update } from "./store.js";
import { validate } from "./validate.js";

function render() {
  renderKpis();
  renderGrid();
  renderPane();
  renderControls();
}

function renderPane() {
  for (const tab of $$("#tabs [role=tab]")) {
    const on = tab.dataset.tab === state.tab;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
  const pane = $("#pane");
  pane.setAttribute("aria-labelledby", `tab-${state.tab}`);
  pane.replaceChildren(...(state.tab === "needs" ? needsPane() : slotPane()));
}

function renderControls() {
  const { board, week } = state;
  const { changed, bad } = board.figures;
  $("#state").replaceChildren(icon("dot", "icon"), fill(ngettext("brouillon, %(n)s changement", "brouillon, %(n)s changements", changed), { n: changed }));
  for (const [name, verb, keys] of [["undo", pgettext("la dernière étape", "Annuler"), gettext("Ctrl Z")], ["redo", gettext("Rétablir"), gettext("Ctrl Maj Z")]]) {
    const node = $(`#${name}`), step = board[name];
    const said = step ? fill(gettext("%(verb)s : %(step)s"), { verb, step: step.label }) : verb;
    node.disabled = !step || !board.editable;
    node.title = `${said} (${keys})`;
    node.setAttribute("aria-label", said);
  }
  $("#propose").disabled = !board.editable;
  $("#validate").hidden = !board.may_validate;
  $("#validate").disabled = bad > 0;
  $("#validate").title = bad ? gettext("Une vacation au moins enfreint une règle : corrigez-la d'abord.") : "";
  $("#study").textContent = studyText(board);
  const cycle = $("#cycle");
  cycle.hidden = board.cycle_weeks < 2;
  cycle.replaceChildren(...Array.from({ length: board.cycle_weeks }, (_, index) =>
    el("button", { type: "button", "aria-pressed": String(week === index + 1), data: { week: index + 1 }, text: fill(gettext("Semaine %(n)s"), { n: index + 1 }) })));
}

function pressed(group, chosen) {
  for (const button of $$("button", group)) button.setAttribute("aria-pressed", String(button === chosen));
}

function wire() {
  const seg = (selector, act) => $(selector).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    pressed($(selector), button);
    act(button.dataset);
  });
  seg("#view", ({ view }) => update({ view }));
  seg("#step", ({ step }) => update({ step: Number(step) }));
  seg("#cycle", ({ week }) => update({ week: Number(week), selected: null }));
  $("#undo").addEventListener("click", undo);
  $("#redo").addEventListener("click", redo);
  $("#validate").addEventListener("click", validate);
  $("#propose").addEventListener("click", async () => {
    $("#propose").disabled = true;
    await propose();
    renderControls();
  });
  $("#tabs").addEventListener("click", (event) => { const tab = event.target.closest("[data-tab]"); if (tab) update({ tab: tab.dataset.tab }); });
  $("#tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    update({ tab: state.tab === "needs" ? "slot" : "needs" });
    $(`#tab-${state.tab}`).focus();
  });
  $("#mgrid").addEventListener("click", (event) => {
    const slot = event.target.closest(".sl");
    const adder = event.target.closest(".add");
    if (slot) update({ selected: Number(slot.dataset.id), tab: "slot" });
    else if (adder) add(adder);
  });
}

/** A hole opened goes to whoever lacks the most hours; the sheet then lets it be given to another. */
function add(adder) {
  const cell = adder.closest(".cell");
  const neediest = [...state.board.needs].sort((a, b) => b.low - b.given - a.low + a.given)[0];
  const slot = { id: 0, owner: neediest && neediest.low > neediest.given ? neediest.owner : "reserve", week: state.week };
  update({ tab: "slot" });
  place(slot, { room: Number(cell.dataset.room), weekday: Number(cell.dataset.weekday), start: Number(adder.dataset.start), end: Number(adder.dataset.end) });
}

try {
  subscribe(render);
  setBoard(JSON.parse(document.getElementById("board-data").textContent));
  wire();
  startDragging();
  startKeyboard();
} catch (error) {
  complain(error);
}
