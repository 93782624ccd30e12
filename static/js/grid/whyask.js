/* Explanations asked once a state of the plan; the exact figures are followed until a worker has them. */
import { get, post } from "./api.js";
import { state } from "./store.js";

const EVERY = 900;
const answers = new Map();

const address = (id) => `plans/${state.plan.id}/explanations/${id}/`;
const key = (id) => `${state.plan.id}/${state.plan.revision}/${id}`;
const pending = (answer) => ["queued", "running"].includes(answer.background.state);

/** The answer at once; kept until the plan changes. */
export function explanation(id) {
  const name = key(id);
  if (!answers.has(name)) {
    if (answers.size > 60) answers.clear();
    const answer = get(address(id));
    answer.catch(() => answers.delete(name));
    answers.set(name, answer);
  }
  return answers.get(name);
}

/** Asks for the exact figures and draws each answer, as long as `watched()`. */
export async function follow(id, draw, watched) {
  const name = key(id);
  while (watched() && name === key(id)) {
    let answer;
    try {
      answer = await post(address(id));
    } catch {
      return; // the estimate stays
    }
    if (name !== key(id)) return;
    answers.set(name, Promise.resolve(answer));
    if (watched()) draw(answer);
    if (!pending(answer)) return;
    await new Promise((next) => { setTimeout(next, EVERY); });
  }
}
