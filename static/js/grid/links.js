/* Addresses of pages beside the grid, given by the template with a 0 for the number. */
import { $, el } from "./dom.js";
import { gettext } from "./i18n.js";
import { state } from "./store.js";

const address = (name, number) => $("#week").dataset[name].replace("/0/", `/${number}/`);

/** What was asked of the planner, with which parameters: for whoever reads drafts. */
export const runLink = (id, text = gettext("Le calcul")) =>
  id && state.grid.rights.see_drafts ? el("a", { class: "lnk", href: address("run", id), text }) : null;

export const parametersLink = (version, text) => el("a", { class: "lnk", href: address("parameters", version), text });
