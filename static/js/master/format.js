/* Hours and dates as the page writes them. */
import { date, fill, gettext, language, ngettext, number, percent } from "../grid/i18n.js";

const NB = "\u00a0";
const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/** 615 -> "10,3 h". */
export const hours = (minutes) => `${tenths.format(minutes / 60)}${NB}h`;

/** The difference with its sign, "=" when there is none. */
export function difference(minutes) {
  if (Math.abs(minutes) < 3) return "=";
  return `${minutes > 0 ? "+" : "−"}${NB}${tenths.format(Math.abs(minutes) / 60)}`;
}

export function studyText({ study, proven }) {
  if (!study.from) return "";
  const values = { from: date(study.from, "dayMonthShort"), until: date(study.until, "dayMonthShort"), n: number(study.weeks), cases: number(study.cases) };
  const text = fill(ngettext("Activité du %(from)s au %(until)s, %(n)s semaine, %(cases)s interventions", "Activité du %(from)s au %(until)s, %(n)s semaines, %(cases)s interventions", study.weeks), values);
  return proven ? `${text} · ${gettext("optimum prouvé")}` : text;
}

export const points = (share) => `${share > 0 ? "+" : "−"}${NB}${tenths.format(Math.abs(share) * 100)}${NB}${gettext("pt")}`;
export { percent };
