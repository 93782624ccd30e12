/* A drop against a rule is the person's to decide: they say why, and it stays written. */
import { el, icon } from "./dom.js";
import { ask, dismiss } from "./dialog.js";
import { gettext } from "./i18n.js";

const SHORTEST = 4;

/** Promise of the reason, or "" when the person gives up. */
export async function askReason(title, violations) {
  const field = el("textarea", {
    id: "reason", rows: "3", required: true, minlength: String(SHORTEST), maxlength: "300", "aria-describedby": "reason-help", autofocus: true,
  });
  const content = [
    el("ul", { class: "broken" }, violations.map((violation) => el("li", { class: "no" }, icon("alert"), el("span", { text: violation.text })))),
    el("label", { class: "stacked", for: "reason" }, el("b", { text: gettext("Pourquoi passer outre ?") }), field),
    el("p", { id: "reason-help", class: "mut", text: gettext("Le motif reste affiché sur l'intervention et s'inscrit au journal avec votre nom.") }),
  ];
  const answer = await ask({
    title, content,
    buttons: [dismiss(), { label: gettext("Forcer avec ce motif"), value: "force", class: "danger" }],
  });
  return answer === "force" ? field.value.trim() : "";
}
