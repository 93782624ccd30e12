/* "Proposer un planning": what is asked of the planner. */
import { complain, say } from "./announce.js";
import { post } from "./api.js";
import { ask, dismiss } from "./dialog.js";
import { $, el } from "./dom.js";
import { fill, gettext } from "./i18n.js";
import { state, update } from "./store.js";

export async function openRunDialog() {
  const { policies, tie_rules: ties, plan } = state.grid;
  const policy = choice("run-policy", policies, $("#policy")?.value ?? plan?.policy);
  const help = el("p", { class: "mut", id: "run-policy-help" });
  const again = replanning();
  const explain = () => {
    const chosen = policies.find((each) => each.id === policy.value);
    help.textContent = chosen?.help ?? "";
    again.box.hidden = !chosen?.searches; // who comes first is served first, wherever they were
  };
  policy.addEventListener("change", explain);
  explain();
  const tie = choice("run-tie", ties, $("#week").dataset.tieRule);
  const limit = el("input", { id: "run-limit", type: "number", min: "1", max: "600", value: String($("#week").dataset.timeLimit) });
  const pins = [...state.placements.values()].filter((each) => each.pinned).length;
  const answer = await ask({
    title: gettext("Proposer un planning"),
    content: [
      stacked(gettext("Politique"), policy), help, stacked(gettext("À coût égal"), tie), stacked(gettext("Durée du calcul (secondes)"), limit),
      state.placements.size ? again.box : null,
      el("p", { class: "mut", text: pins ? fill(gettext("%(n)s interventions verrouillées resteront en place. "), { n: pins }) : "" },
        gettext("Le planning actuel n'est pas modifié : le résultat vous sera proposé.")),
    ],
    buttons: [dismiss(), { label: gettext("Lancer le calcul"), value: "run", class: "primary" }],
  });
  if (answer === "run") await request({ policy: policy.value, tie_rule: tie.value, time_limit: Number(limit.value), ...again.values() });
}

/** Whether what is placed should stay, and what moving one of them has to save. */
function replanning() {
  const replan = el("input", { type: "checkbox", id: "run-replan", checked: state.placements.size > 0 });
  const price = el("input", { id: "run-move", type: "number", min: "0", max: "100000", step: "10", value: $("#week").dataset.moveEuros, "aria-describedby": "run-move-help" });
  const priced = stacked(gettext("Prix d'un déplacement (€)"), price);
  const said = el("p", { class: "mut", id: "run-move-help", text: gettext("Une intervention déjà placée ne bouge que si le coût baisse de plus que ce prix. Le coût affiché ne le compte pas. 0 : elle bouge pour tout gain. Celles qui restent gardent leur heure chaque fois que la journée le permet.") });
  const follow = () => { priced.hidden = said.hidden = !replan.checked; };
  replan.addEventListener("change", follow);
  follow();
  return {
    box: el("div", { class: "replan" }, el("label", { class: "tick", for: "run-replan" }, replan, gettext("Bouger le moins possible ce qui est déjà placé")), priced, said),
    values: () => ({ replan: replan.checked, move_euros: replan.checked ? Number(price.value) || 0 : 0 }),
  };
}

const stacked = (label, control) => el("label", { class: "stacked", for: control.id }, label, control);
const choice = (id, options, chosen) =>
  el("select", { id }, options.map((each) => el("option", { value: each.id, text: each.label, selected: each.id === chosen })));

async function request(body) {
  try {
    update({ run: await post(`weeks/${state.grid.week}/runs/`, body) });
    say(gettext("Calcul lancé."));
  } catch (error) {
    if (error.type === "run-active") update({ run: error.body.run });
    complain(error);
  }
}
