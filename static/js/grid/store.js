/* The page's one state. Widgets subscribe to the keys they show; nobody else holds a copy. */
import { learnNames, named } from "./names.js";

export const state = {
  grid: null, // the answer of the grid endpoint
  live: null, // grid.state: placements, unplanned, indicators, gap, cost, undo, redo
  plan: null,
  run: null,
  placements: new Map(), // intervention id -> placement
  view: "week", // or "day"
  day: null, // the date of the day view
  group: "day", // or "room"
  focus: null, // the opened group of the accordion
  zoom: 1,
  selected: null,
  picked: new Set(), // two or more blocks chosen with Shift, instead of one
  tab: "wait", // "wait", "item" or "diff"
  query: "",
  sort: "deadline",
  isolated: new Set(), // specialties kept in full colour
  moving: null, // the move under way, see moving.js
  comparing: null, // {with, label, lines, summary, proposal}
  preview: null, // indicators of the place under the pointer
};

const listeners = [];

/** Calls `listener(changed)` after any update that touches one of `keys`. */
export function subscribe(keys, listener) {
  listeners.push({ keys, listener });
}

export function update(patch) {
  Object.assign(state, patch);
  const changed = new Set(Object.keys(patch));
  for (const { keys, listener } of listeners) if (keys.some((key) => changed.has(key))) listener(changed);
}

const indexes = new Map();

/** Room, surgeon, specialty, slot or intervention by id: byId("rooms", 3). */
export const byId = (kind, id) => indexes.get(kind)?.get(id);

export function setGrid(answer) {
  learnNames(answer.interventions);
  const grid = { ...answer, state: named(answer.state) };
  for (const kind of ["rooms", "surgeons", "specialties", "slots", "interventions"]) {
    indexes.set(kind, new Map(grid[kind].map((row) => [row.id, row])));
  }
  update({ grid, plan: grid.plan, run: grid.run, ...liveOf(grid.state, grid.plan) });
}

/** A change's answer: placements, costs and the new revision, without the hospital around them but for its slots. */
export function setLive(live) {
  const patch = liveOf(live, state.plan);
  const key = (slots) => slots.map((slot) => `${slot.id}:${slot.start}:${slot.end}`).join();
  // A drop where there was no slot opens one by exception; its undo takes it away.
  if (live?.slots && key(live.slots) !== key(state.grid.slots)) {
    indexes.set("slots", new Map(live.slots.map((slot) => [slot.id, slot])));
    patch.grid = { ...state.grid, slots: live.slots };
  }
  update(patch);
}

function liveOf(live, plan) {
  const placements = new Map((live?.placements ?? []).map((placement) => [placement.intervention, placement]));
  const revised = plan && live ? { ...plan, revision: live.revision ?? plan.revision, policy: live.policy ?? plan.policy } : plan;
  return { live, placements, plan: revised };
}

/** Whether what is on screen says what the approved version says: that version itself, or a draft unchanged since. */
export function approved() {
  const { plan, grid } = state;
  if (!plan || plan.status === "approved") return Boolean(plan);
  return plan.status === "draft" && grid.approved?.draft_revision === plan.revision;
}

export const editable = () => Boolean(state.plan?.editable && state.grid.rights.plan);
/** The tab to come back to when no intervention is chosen. */
export const resting = () => (state.grid.rights.see_drafts ? "wait" : "item");
export const unplannedOf = (id) => state.live?.unplanned.find((line) => line.intervention === id);
