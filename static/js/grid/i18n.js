/* The catalogue served by Django, and numbers, hours and dates in the page's language. French is the source. */
const page = document.documentElement;
/* English with the day before the month and 24 hours, as theatres write them. */
export const language = page.lang === "en" ? "en-GB" : page.lang || "fr";
/* The hospital's clock: whoever reads the page from elsewhere sees the same hours. */
export const timeZone = page.dataset.timeZone || undefined;

export const gettext = (text) => (window.gettext ? window.gettext(text) : text);
export const ngettext = (one, many, count) =>
  window.ngettext ? window.ngettext(one, many, count) : count > 1 ? many : one;
/** The same French word has two senses: "Annuler" gives up, or undoes. */
export const pgettext = (context, text) => (window.pgettext ? window.pgettext(context, text) : text);

/** Fills `%(name)s` in an already translated sentence. */
export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

const NB = "\u00a0";
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const euros = new Intl.NumberFormat(language, { style: "currency", currency: "EUR", maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(language, {
  style: "currency", currency: "EUR", maximumFractionDigits: 0, signDisplay: "exceptZero",
});
const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });

export const percent = (share) => shares.format(share);
export const number = (value) => numbers.format(value);
export const money = (value) => euros.format(value);
export const change = (value) => signed.format(Math.round(value)).replace("-", "−");
const pad = (value) => String(value).padStart(2, "0");

/** 485 -> "08:05". */
export const clock = (minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;

/** "08:05" -> 485, or NaN. */
export function minuteOf(text) {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
}

/** 135 -> "2 h 15". */
export function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return `${rest}${NB}min`;
  return rest ? `${hours}${NB}h${NB}${pad(rest)}` : `${hours}${NB}h`;
}

/** 135 -> "2h15", for blocks 37 px wide. */
export const shortDuration = (minutes) =>
  minutes < 60 ? `${minutes}′` : `${Math.floor(minutes / 60)}h${pad(minutes % 60)}`;

const day = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
const formats = {
  weekday: day({ weekday: "short" }),
  weekdayLong: day({ weekday: "long" }),
  dayMonth: day({ day: "numeric", month: "long" }),
  dayMonthShort: day({ day: "numeric", month: "short" }),
  dayNumber: day({ day: "numeric" }),
  long: day({ weekday: "long", day: "numeric", month: "long" }),
};
/** French writes the first of a month « 1er février ». */
const first = (text) => (language.startsWith("fr") ? text.replace(/(^|\s)1(?=\s\p{L})/u, "$11er") : text);
export const date = (iso, format) => first(formats[format].format(new Date(`${iso}T00:00:00Z`)));

const moments = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone });
export const moment = (iso) => first(moments.format(new Date(iso)));

/** "mar. 24 · SO3 · 08:30", short enough for a toast. */
export const placeText = (room, iso, start) =>
  `${date(iso, "weekday")}${NB}${date(iso, "dayNumber")} · ${room} · ${clock(start)}`;
