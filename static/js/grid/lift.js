/* The server's answer for every room-day, asked once a lift and kept until the plan changes. */
import { post } from "./api.js";
import { cellKey } from "./frame.js";
import { state } from "./store.js";

const answers = new Map();

/** Promise of {targets: Map(cell -> target), best: [targets by cost], refused: […], list}. */
export function lift(id) {
  const key = `${state.plan.id}/${state.plan.revision}/${id}`;
  if (!answers.has(key)) {
    if (answers.size > 60) answers.clear();
    const answer = post(`plans/${state.plan.id}/lift/`, { intervention: id }).then(arrange);
    answer.catch(() => answers.delete(key));
    answers.set(key, answer);
  }
  return answers.get(key);
}

function arrange({ targets, list }) {
  const possible = (target) => target.status === "free" || target.status === "cost";
  return {
    list,
    targets: new Map(targets.map((target) => [cellKey(target.date, target.room), target])),
    best: targets.filter(possible).sort((a, b) => a.delta - b.delta || a.date.localeCompare(b.date) || a.start - b.start),
    refused: targets.filter((target) => !possible(target)),
  };
}
