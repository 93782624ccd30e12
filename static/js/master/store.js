/* What the page shows: the server's board, and the choices of whoever looks at it. */
const listeners = [];

export const state = { board: null, week: 1, view: "", step: 0, selected: null, tab: "needs", moving: null };

export const subscribe = (listener) => listeners.push(listener);

export function update(patch) {
  Object.assign(state, patch);
  for (const listener of listeners) listener();
}

export function setBoard(board) {
  const mondays = board.mondays ?? state.board?.mondays;
  const selected = board.slots.some((slot) => slot.id === state.selected) ? state.selected : null;
  update({ board: { ...board, mondays }, selected, week: Math.min(state.week, board.cycle_weeks) });
}

export const slotById = (id) => state.board.slots.find((slot) => slot.id === id);
export const ownerOf = (key) => state.board.owners.find((owner) => owner.key === key) ?? { key, code: "?", name: "?", colour: "all", kind: "open" };
export const roomById = (id) => state.board.rooms.find((room) => room.id === id);
export const dayOf = (weekday) => state.board.days.find((day) => day.weekday === weekday)?.label ?? "";
export const shown = () => state.board.slots.filter((slot) => slot.week === state.week);

/** The specialty's own line of needs, also for a slot of one of its surgeons. */
export const accountOf = (key) => {
  const owner = ownerOf(key);
  return owner.kind === "surgeon" ? `specialty:${owner.specialty}` : key;
};

/** Where a minute lies in the regular day, in per cent. */
export const across = (minute) => {
  const { opens, closes } = state.board.axis;
  return `${(100 * (minute - opens)) / (closes - opens)}%`;
};
