/* The keys, one dialog. */
import { ask } from "./dialog.js";
import { $, el } from "./dom.js";
import { gettext } from "./i18n.js";

const KEYS = [
  [[gettext("Tab"), "↑ ↓ ← →"], gettext("Atteindre la grille, puis aller de bloc en bloc")],
  [[gettext("Entrée")], gettext("Ouvrir la fiche")],
  [["E"], gettext("Pourquoi ici, ou pourquoi pas planifiée : les raisons, lues à voix haute")],
  [["M"], gettext("Déplacer : flèches (Maj : 30 min ou un jour), Entrée pose, Échap annule")],
  [[gettext("Maj M")], gettext("Déplacer vers… : toutes les places avec leur coût")],
  [["X"], gettext("Échanger : flèches pour choisir l'autre intervention, Entrée échange")],
  [[gettext("Ctrl"), gettext("clic ou glisser")], gettext("Échanger avec l'intervention sous le pointeur")],
  [[gettext("Maj X")], gettext("Échanger la journée de deux salles")],
  [[gettext("Maj"), gettext("clic ou flèche")], gettext("Choisir plusieurs interventions, pour les verrouiller ou les retirer d'un coup")],
  [["L"], gettext("Verrouiller ou libérer")],
  [[gettext("Suppr")], gettext("Retirer du planning")],
  [[gettext("Ctrl Z"), gettext("Ctrl Maj Z")], gettext("Annuler, rétablir")],
  [["C"], gettext("Comparer à la version précédente")],
  [["1 … 5", "S"], gettext("Vue d'un jour, vue de la semaine")],
  [["+", "−", "0"], gettext("Agrandir, réduire, ajuster")],
  [["/"], gettext("Rechercher")],
  [["P"], gettext("Afficher ou masquer le panneau")],
];

export const startHelp = () => $("#help").addEventListener("click", () => ask({
  title: gettext("Raccourcis clavier"),
  content: el("table", {}, el("tbody", {}, KEYS.map(([names, text]) => el("tr", {}, el("th", { scope: "row" }, names.map((name) => [el("kbd", { text: name }), " "])), el("td", { text }))))),
  buttons: [{ label: gettext("Fermer"), value: "" }],
}));
