/* The page's own controls in the top bar: week, view, policy, history, versions, compare, approve. */
import { openDraft, redo, undo } from "./actions.js";
import { openApproval } from "./approval.js";
import { complain } from "./announce.js";
import { compareWith, reference, stopComparing, toggleCompare } from "./compare.js";
import { $, $$, button, el } from "./dom.js";
import { fill, gettext, moment, money, ngettext, pgettext } from "./i18n.js";
import { runLink } from "./links.js";
import { approved, editable, state, update } from "./store.js";

const STEPS = { draft: 0, proposed: 1, superseded: 1, approved: 2 };

export function renderTopbar() {
  const { plan, live, grid } = state;
  for (const node of $$("[data-view]")) node.setAttribute("aria-pressed", String(node.dataset.view === state.view));
  for (const name of ["undo", "redo"]) {
    const node = $(`#${name}`);
    if (!node) continue;
    const step = live?.[name];
    node.disabled = !step || !editable();
    const verb = name === "undo" ? pgettext("la dernière étape", "Annuler") : gettext("Rétablir");
    const keys = name === "undo" ? gettext("Ctrl Z") : gettext("Ctrl Maj Z");
    const said = step ? fill(gettext("%(verb)s : %(step)s"), { verb, step: step.label }) : verb;
    node.title = `${said} (${keys})`;
    node.setAttribute("aria-label", said);
  }
  const select = $("#policy");
  if (select && !select.options.length) {
    select.append(...grid.policies.map((policy) => el("option", { value: policy.id, text: policy.label, title: policy.help })));
    select.value = $("#week").dataset.policy;
  }
  // Follows the plan when its policy changes; otherwise what was chosen for the next proposal stays.
  if (select && plan && select.dataset.plan !== plan.policy) {
    select.value = plan.policy;
    select.dataset.plan = plan.policy;
  }
  const settled = plan && approved();
  $("#version-number").textContent = plan ? `v${settled ? grid.approved?.number ?? plan.number : plan.number}` : gettext("Aucune version");
  const said = plan ? (settled ? gettext("Approuvé") : stateText(plan)) : "";
  Object.assign($("#version-state"), { textContent: said, title: said });
  for (const [index, node] of $$(".steps i").entries()) node.classList.toggle("on", Boolean(plan) && index <= (settled ? 2 : STEPS[plan.status]));
  $("[data-print-signed]").textContent = settled && grid.approved?.signed.length ? fill(gettext("Visas : %(names)s"), { names: grid.approved.signed.map(({ name }) => name).join(", ") }) + " · " : "";
  $("[data-print-version]").textContent = plan ? `${$("#version-number").textContent}, ${$("#version-state").textContent}` : "";
  const compare = $("#compare");
  if (compare) {
    const version = state.comparing?.version ?? reference();
    compare.hidden = !version;
    compare.setAttribute("aria-pressed", String(Boolean(state.comparing)));
    $("span", compare).textContent = version ? fill(gettext("Comparer à v%(n)s"), { n: version.number }) : "";
  }
  const approve = $("#approve");
  if (approve) approve.hidden = !plan || !editable() || approved();
  const reopen = $("#reopen");
  if (reopen) reopen.hidden = !plan || editable();
}

/** "2026-11-26" -> "2026-W48": the week of a day is its Thursday's. */
export function isoWeek(day) {
  const thursday = new Date(`${day}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = Math.ceil(((thursday - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function stateText(plan) {
  const after = plan.status === "draft" && state.grid.approved;
  if (after) return fill(gettext("%(status)s, modifié depuis v%(n)s"), { status: plan.status_label, n: after.number });
  const pins = [...state.placements.values()].filter((placement) => placement.pinned).length;
  return pins ? fill(ngettext("%(status)s · %(n)s verrou", "%(status)s · %(n)s verrous", pins), { status: plan.status_label, n: pins }) : plan.status_label;
}

function versionRow(version) {
  const on = version.id === state.plan?.id;
  const author = [version.created_by, moment(version.created_at)].filter(Boolean).join(" · ");
  return el("div", { class: `vrow ${on ? "on" : ""}` }, el("b", { text: `v${version.number}` }),
    el("span", {}, author, el("small", { text: [version.policy_label, version.total_cost === null ? "" : money(version.total_cost)].filter(Boolean).join(" · ") }),
      version.signed.map(({ text }) => el("small", { class: "signed", text }))),
    el("span", { class: "st", text: version.status_label }),
    el("span", { class: "vacts" }, runLink(version.run),
      on ? null : el("a", { class: "lnk", href: `?plan=${version.id}`, text: gettext("Voir") }),
      on || !state.plan ? null : button(gettext("Comparer"), { class: "lnk", on: { click: () => { $("#versions").open = false; compareWith(version, { proposal: version.status === "proposed" && editable() }); } } })));
}

function renderVersions() {
  const { versions, week } = state.grid;
  $("#version-menu").replaceChildren(el("span", { class: "menu-h", text: gettext("Versions de la semaine") }),
    ...[...versions].sort((a, b) => b.number - a.number).map(versionRow),
    versions.length ? "" : el("span", { class: "menu-h", text: gettext("Rien n'a encore été planifié.") }),
    el("a", { href: `/semaines/${week}/journal/`, text: gettext("Journal de la semaine") }));
}

/** A change after approval is a new version, opened on purpose. */
async function reopen() {
  try {
    await openDraft();
    stopComparing();
  } catch (error) {
    complain(error);
  }
}

export function startTopbar() {
  for (const node of $$("[data-view]")) {
    node.addEventListener("click", () => {
      const placement = state.placements.get(state.selected);
      update({ view: node.dataset.view, day: placement?.date ?? state.day });
    });
  }
  $("#undo")?.addEventListener("click", undo);
  $("#redo")?.addEventListener("click", redo);
  $("#compare")?.addEventListener("click", toggleCompare);
  $("#approve")?.addEventListener("click", openApproval);
  $("#reopen")?.addEventListener("click", reopen);
  $("#versions")?.addEventListener("toggle", () => { if ($("#versions").open) renderVersions(); });
  const picker = $("#week-picker");
  picker.addEventListener("click", () => picker.showPicker?.());
  picker.addEventListener("change", () => {
    if (picker.value) location.assign(location.pathname.replace(/\d{4}-W\d{2}/, isoWeek(picker.value)));
  });
}
