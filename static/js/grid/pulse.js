/* Several people at once: every five seconds, asks whether the plan has changed elsewhere. */
import { reload } from "./actions.js";
import { say, toast } from "./announce.js";
import { get } from "./api.js";
import { fill, gettext } from "./i18n.js";
import { active } from "./run.js";
import { state, update } from "./store.js";

const EVERY = 5_000;
/** While nobody looks at the tab. */
const HIDDEN = 30_000;
const chosen = () => new URLSearchParams(location.search).has("plan");

let timer = null;

export function startPulse() {
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
  next();
}

function next() {
  clearTimeout(timer);
  timer = setTimeout(beat, document.hidden ? HIDDEN : EVERY);
}

async function beat() {
  clearTimeout(timer);
  try {
    if (!state.moving && !document.querySelector("dialog[open]")) await listen();
  } catch { /* away for a moment: the next beat asks again */ }
  next();
}

async function listen() {
  const { plan } = state;
  const since = plan?.revision ?? 0;
  const news = await get(`weeks/${state.grid.week}/pulse/?since=${since}`);
  if (active(news.run) && !active(state.run)) update({ run: news.run });
  // What this page did while the question travelled is not news.
  if (chosen() || state.plan?.revision !== plan?.revision || state.moving) return;
  const other = (news.plan_id ?? null) !== (plan?.id ?? null) || (news.approved_id ?? null) !== (state.grid.approved?.id ?? null);
  const ended = news.run && !active(news.run) && news.run.id !== state.run?.id && state.grid.run?.id !== news.run.id;
  if (!other && !ended && news.revision <= since) return;
  await reload();
  if (!news.changed_by) return;
  const text = fill(gettext("%(who)s : %(what)s"), { who: news.changed_by, what: news.changed_label });
  toast(text);
  say(text);
}
