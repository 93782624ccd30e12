/* The planner at work: asked for, followed, stopped, and its result offered. It never replaces the plan by itself. */
import { complain, say, toast } from "./announce.js";
import { get, post } from "./api.js";
import { openDraft, reload, take } from "./actions.js";
import { compareWith } from "./compare.js";
import { $, button, el, icon } from "./dom.js";
import { fill, gettext, money, ngettext, number } from "./i18n.js";
import { parametersLink, runLink } from "./links.js";
import { openRunDialog } from "./rundialog.js";
import { state, update } from "./store.js";

const EVERY = 900;
const ACTIVE = ["queued", "running"];
const STORED = "blocweb.ignored-run";
export const active = (run) => Boolean(run && ACTIVE.includes(run.state));

let following = null;

/** Polls while a run is active; a reload of the page takes it up again from the grid's own answer. */
export function followRun() {
  renderRun();
  if (!active(state.run) || following) return;
  following = setTimeout(async () => {
    following = null;
    const before = state.run;
    try {
      update({ run: await get(`runs/${before.id}/`) });
      if (!active(state.run)) await finished();
    } catch {
      followRun(); // the server is away for a moment: ask again
    }
  }, EVERY);
}

async function finished() {
  const { run } = state;
  await reload();
  if (!state.run) update({ run });
  say(`${run.state_label}. ${run.failure ?? ""}`);
}

const act = (name, body) => async () => {
  try {
    const run = await post(`runs/${state.run.id}/${name}/`, body);
    update({ run });
  } catch (error) {
    complain(error);
  }
};

const ignored = () => { try { return sessionStorage.getItem(STORED); } catch { return null; } };
function ignore() {
  try { sessionStorage.setItem(STORED, String(state.run.id)); } catch { /* private browsing: hidden until the next load */ }
  update({ run: null });
}

export function renderRun() {
  const { run } = state;
  const strip = $("#run");
  const busy = active(run);
  $("#solve")?.toggleAttribute("disabled", busy);
  document.documentElement.classList.toggle("solving", busy);
  // The proposal itself comes with the reload that follows the end of the run.
  const known = state.grid.versions.some((each) => each.id === run?.plan_id);
  const offered = run?.state === "done" && known && state.plan?.base_id !== run.plan_id && state.plan?.id !== run.plan_id;
  const failed = run && ["failed", "infeasible"].includes(run.state);
  const reading = state.comparing?.proposal && state.comparing.version.id === run?.plan_id;
  const shown = run && !reading && (busy || ((offered || failed) && ignored() !== String(run.id)));
  const { outdated } = state.grid;
  strip.hidden = !shown && Boolean(state.plan) && !outdated;
  if (strip.hidden) return;
  if (!shown) return void (state.plan ? earlier(strip, outdated) : begin(strip));
  strip.className = `run ${busy ? "busy" : failed ? "failed" : "done"}`;
  strip.replaceChildren(...(busy ? progress(run) : failed ? failure(run) : result(run)).filter(Boolean));
}

/** No version of this week yet: by the planner, or by hand. */
function begin(strip) {
  const { rights, slots } = state.grid;
  strip.className = "run";
  const byHand = () => openDraft().catch(complain);
  strip.replaceChildren(icon("info"), el("b", { text: rights.see_drafts ? gettext("Cette semaine n'a pas encore de planning.") : gettext("Aucun planning approuvé pour cette semaine.") }), el("span", { class: "sp" }),
    ...(rights.plan && slots.length ? [button(gettext("Commencer à la main"), { on: { click: byHand } }), button(gettext("Proposer un planning"), { class: "btn sm primary", on: { click: openRunDialog } })] : []));
}

/** The plan is counted with parameters that someone has changed since. */
function earlier(strip, { version, in_force: now }) {
  strip.className = "run";
  strip.replaceChildren(icon("info"), el("b", { text: fill(gettext("Calculée avec les paramètres v%(old)s, en vigueur v%(now)s"), { old: version, now }) }),
    parametersLink(now, gettext("Ce qui a changé")));
}

function progress(run) {
  const share = run.time_limit ? Math.min(1, run.elapsed / run.time_limit) : 0;
  const facts = [
    [gettext("Coût"), run.best_cost === null ? "…" : money(run.best_cost)],
    run.move_euros ? [gettext("Déplacements"), run.best_cost === null ? "…" : money(run.moves_cost)] : null,
    [gettext("Borne"), run.lower_bound === null ? "…" : money(run.lower_bound)],
    [gettext("Écart"), run.gap === null ? "…" : percent(run.gap)],
    [gettext("Temps"), `${number(run.elapsed)} / ${number(run.time_limit)} s`],
  ].filter(Boolean);
  return [
    el("span", { class: "bar", style: { width: `${share * 100}%` } }),
    el("span", { class: "spin", "aria-hidden": "true" }),
    el("b", { text: run.cancel_requested ? gettext("Arrêt demandé…") : run.phase_label || run.state_label }),
    el("dl", {}, facts.map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value })))),
    el("span", { class: "mut", text: fill(gettext("lancé par %(who)s"), { who: run.requested_by }) }), runLink(run.id), el("span", { class: "sp" }),
    button(gettext("Arrêter et garder le meilleur"), { disabled: run.cancel_requested || run.best_cost === null, on: { click: act("cancel", { keep_best: true }) } }),
    button(gettext("Abandonner"), { disabled: run.cancel_requested, on: { click: act("cancel", { keep_best: false }) } }),
  ];
}

const percent = (share) => new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 }).format(share);

/** The gap as it reads once rounded: at 0 % the plan is proved the best there is, the price of its moves included. */
function proved({ gap, move_euros: price }) {
  if (gap === null) return "";
  const said = gap < 0.0005 ? gettext("optimum prouvé") : fill(gettext("à %(gap)s de l'optimum au plus"), { gap: percent(gap) });
  return price ? fill(gettext("%(gap)s, déplacements compris"), { gap: said }) : said;
}

function priced({ move_euros: price, moves_cost: paid }) {
  if (!price) return "";
  const count = Math.round(paid / price);
  return fill(ngettext("%(n)s déplacement à %(price)s", "%(n)s déplacements à %(price)s", count), { n: count, price: money(price) });
}

function result(run) {
  const version = state.grid.versions.find((each) => each.id === run.plan_id);
  const cost = run.best_cost === null ? "" : money(run.best_cost);
  const adopt = () => (state.placements.size ? compareWith(version, { proposal: true }) : take(run.plan_id, null));
  return [
    icon("check"), el("b", { text: fill(gettext("Proposition v%(n)s prête"), { n: version.number }) }),
    el("span", { text: [cost, priced(run), proved(run)].filter(Boolean).join(" · ") }),
    run.messages?.length ? el("span", { class: "mut cut", text: run.messages.at(-1), title: run.messages.join("\n") }) : null, runLink(run.id), el("span", { class: "sp" }),
    state.plan ? button(state.placements.size ? gettext("Reprendre et comparer") : gettext("Reprendre"), { class: "btn sm primary", on: { click: adopt } }) : null,
    button(gettext("Ignorer"), { on: { click: ignore } }),
  ];
}

function failure(run) {
  return [
    icon("alert"), el("b", { text: run.state_label }), el("span", { text: run.failure || run.messages?.at(-1) || "" }), runLink(run.id), el("span", { class: "sp" }),
    button(gettext("Relancer"), { on: { click: act("retry", {}) } }), button(gettext("Ignorer"), { on: { click: ignore } }),
  ];
}

export const startRun = () => $("#solve")?.addEventListener("click", () => openRunDialog().catch((error) => toast(error.message)));
