/* Every change of the plan: one request at a time, each with the revision it was made on. */
import { complain, say, toast } from "./announce.js";
import { get, post } from "./api.js";
import { fill, gettext, pgettext } from "./i18n.js";
import { nameOf } from "./names.js";
import { askReason } from "./reason.js";
import { byId, setGrid, setLive, state, update } from "./store.js";

let queue = Promise.resolve();

/** Runs after what is already under way, so that quick gestures never race each other. */
function inTurn(task) {
  queue = queue.then(task, task);
  return queue;
}

async function send(name, body, again) {
  try {
    const answer = await post(`plans/${state.plan.id}/${name}/`, { ...body, revision: state.plan.revision });
    setLive(answer.state);
    return answer;
  } catch (error) {
    if (error.type === "stale") {
      setLive(error.body.state);
      toast(`${error.body.title} ${error.body.detail ?? ""}`, {
        level: "warn", stays: true, actions: [...(again ? [{ label: gettext("Recommencer"), run: again }] : []), { label: gettext("Fermer") }],
      });
      say(error.message);
      return null;
    }
    throw error;
  }
}

function done(answer) {
  if (!answer) return;
  toast(answer.message, { actions: [{ label: pgettext("la dernière étape", "Annuler"), run: undo }] });
  say(answer.message);
}

/** A change that a rule may refuse until a person writes why: asks, and tries again with the reason. */
async function sendWithReason(name, body, again) {
  try {
    return await send(name, body, again);
  } catch (error) {
    if (error.type !== "reason-required") throw error;
    const reason = await askReason(titleOf(body), error.body.violations ?? []);
    return reason ? send(name, { ...body, reason }, again) : null;
  }
}

const patient = (id) => nameOf(byId("interventions", id));
function titleOf({ intervention, first, second }) {
  if (intervention) return fill(gettext("%(patient)s : placer malgré la règle"), { patient: patient(intervention) });
  if (first) return fill(gettext("Échanger %(one)s et %(other)s malgré la règle"), { one: patient(first), other: patient(second) });
  return gettext("Échanger les deux salles malgré la règle");
}

/** `place`: {room, date, start}. The block goes there at once and comes back if the server refuses. */
export function move(id, place, violations = []) {
  return inTurn(() => decide("moves", { intervention: id, ...place }, violations, [{ ...place, intervention: id }], () => move(id, place, violations)));
}

/** `known`: the price of the swap, when it came before the drop. */
export function swap(first, second, known) {
  return inTurn(() => decide("swaps", { first, second }, known?.violations ?? [], known?.landings ?? [], () => swap(first, second)));
}

/** `ends`: {room, date, other_room, other_date}. */
export function swapRooms(ends, known) {
  return inTurn(() => decide("room-swaps", ends, known?.violations ?? [], known?.landings ?? [], () => swapRooms(ends)));
}

/** Asks why when a rule is against it, shows the blocks there at once, and puts them back if the server refuses. */
async function decide(name, body, violations, landings, again) {
  const before = state.placements;
  const against = violations.some((each) => !each.soft);
  const reason = against ? await askReason(titleOf(body), violations) : undefined;
  if (against && !reason) return;
  await settle(before, async () => {
    show(landings);
    done(await sendWithReason(name, { ...body, ...(reason ? { reason } : {}) }, again));
  });
}

function show(landings) {
  const placements = new Map(state.placements);
  for (const { intervention, room, date, start } of landings) {
    const current = placements.get(intervention);
    if (current) placements.set(intervention, { ...current, room, date, start });
  }
  if (landings.length) update({ placements });
}

/** Whatever goes wrong, the grid shows what the server holds. */
async function settle(before, task) {
  const live = state.live;
  try {
    await task();
  } catch (error) {
    complain(error);
  }
  if (state.live === live && state.placements !== before) update({ placements: before });
}

const change = (task) => inTurn(() => settle(state.placements, task));

export const unplan = (...interventions) => change(async () => {
  done(await send("unplan", { interventions }, () => unplan(...interventions)));
});

export const pin = (interventions, pinned) => change(async () => {
  done(await send("pins", { interventions, pinned }, () => pin(interventions, pinned)));
});

/** The intervention in a slot that others hold: they go where its explanation said. */
export const makeRoom = (id, slot) => change(async () => {
  done(await send("make-room", { intervention: id, slot }, () => makeRoom(id, slot)));
});

/** Locks them all, unless all are locked already. */
export const togglePin = (...interventions) => pin(interventions, interventions.some((id) => !state.placements.get(id)?.pinned));

const step = (name) => change(async () => {
  if (!state.live?.[name]) return;
  const answer = await send(name, {});
  if (!answer) return;
  toast(answer.message);
  say(answer.message);
});
export const undo = () => step("undo");
export const redo = () => step("redo");

export const take = (proposal, interventions) => change(async () => {
  const answer = await send("take", { proposal, interventions });
  if (answer) await reload();
  done(answer);
});

/** The week's draft, opened from its approved version if there is none. */
export async function openDraft() {
  await post(`weeks/${state.grid.week}/draft/`, {});
  history.replaceState(null, "", location.pathname);
  await reload(null);
}

/** The whole page's data again, without losing scroll, selection or view. */
export async function reload(plan = new URLSearchParams(location.search).get("plan")) {
  setGrid(await get(`weeks/${state.grid.week}/grid/${plan ? `?plan=${plan}` : ""}`));
}
