/* The dock beside the grid: three tabs, one pane. */
import { renderDifferences } from "./differences.js";
import { $, $$ } from "./dom.js";
import { renderJournal } from "./journal.js";
import { renderSheet } from "./sheet.js";
import { state, update } from "./store.js";
import { renderUnplanned } from "./unplanned.js";

const TABS = { wait: renderUnplanned, item: renderSheet, diff: renderDifferences, log: renderJournal };

export function renderPanel(changed = new Set()) {
  document.body.dataset.tab = state.tab;
  for (const tab of $$("[role=tab]")) {
    const selected = tab.dataset.tab === state.tab;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
  $("#pane").setAttribute("aria-labelledby", `tab-${state.tab}`);
  $("#count-wait").textContent = String(state.live?.unplanned.length ?? 0);
  $("#count-diff").textContent = state.comparing ? String(state.comparing.lines.length) : "";
  const pane = $("#pane");
  const scroll = pane.scrollTop;
  const kept = pane.dataset.tab === state.tab && !changed.has("selected");
  if (pane.dataset.tab !== state.tab) pane.replaceChildren();
  pane.dataset.tab = state.tab;
  TABS[state.tab](pane);
  pane.scrollTop = kept ? scroll : 0;
}

export function startPanel() {
  const tabs = $$("[role=tab]");
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => update({ tab: tab.dataset.tab }));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      next.focus();
      update({ tab: next.dataset.tab });
    });
  }
  $("#toggle-dock").addEventListener("click", () => {
    const hidden = document.body.classList.toggle("nodock");
    $("#toggle-dock").setAttribute("aria-pressed", String(!hidden));
    update({ zoom: state.zoom });
  });
}
