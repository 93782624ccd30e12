/* On selection every room-day is painted free, possible at a cost or impossible, and says why under the pointer. */
import { cellKey } from "./frame.js";
import { paintTargets } from "./heads.js";
import { lift } from "./lift.js";
import { editable, state } from "./store.js";

let painted = null;

/** The answer painted for this room-day, if a block is selected. */
export const paintedAt = (date, room) => painted?.get(cellKey(date, room));

export function paintSelection() {
  if (state.moving) return clear();
  const { selected, comparing, plan } = state;
  if (!selected || comparing || !editable()) {
    if (painted) paintTargets(null);
    return clear();
  }
  return lift(selected).then(({ targets }) => {
    if (state.selected !== selected || state.moving || state.comparing || state.plan.revision !== plan.revision) return;
    painted = targets;
    document.documentElement.classList.add("painted");
    paintTargets(targets);
  }, () => { /* the sheet says what went wrong */ });
}

function clear() {
  painted = null;
  document.documentElement.classList.remove("painted");
}
