/* Under the rooms of the opened day: how many patients are in the recovery room, against its beds. */
import { $, el, svg } from "./dom.js";
import { share } from "./geometry.js";
import { clock, duration, fill, gettext, ngettext } from "./i18n.js";
import { state } from "./store.js";

const WIDTH = 1000;
const HEIGHT = 100;

export function renderRecovery() {
  const load = state.live?.recovery;
  const shown = state.view === "day" && Boolean(load);
  const [head, strip] = [$("#recovery-head"), $("#recovery")];
  head.hidden = strip.hidden = !shown;
  if (!shown) return;
  const { steps, held, held_minutes: minutes } = load.days[state.day] ?? { steps: [], held: 0, held_minutes: 0 };
  const [at, peak] = steps.reduce((most, step) => (step[1] > most[1] ? step : most), [0, 0]);
  const peaked = peak
    ? fill(gettext("pointe %(peak)s sur %(beds)s postes à %(time)s"), { peak, beds: load.beds, time: clock(at) })
    : fill(gettext("%(beds)s postes, aucun patient"), { beds: load.beds });
  const waits = held
    ? fill(ngettext("%(n)s patient attend en salle, %(time)s", "%(n)s patients attendent en salle, %(time)s en tout", held), { n: held, time: duration(minutes) })
    : "";
  head.replaceChildren(el("b", { text: gettext("SSPI · réveil") }), el("small", { text: peaked }), el("small", { class: "held", text: waits }));
  strip.setAttribute("aria-label", [gettext("Patients en salle de réveil"), peaked, waits].filter(Boolean).join(" : "));
  strip.replaceChildren(curve(steps, load.beds, Math.max(load.beds, peak) + 1));
}

/** Steps as an area, the part above the beds as another one, and the beds as a line. */
function curve(steps, beds, top) {
  const y = (count) => (HEIGHT * (1 - count / top)).toFixed(2);
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" },
    svg("path", { class: "load", d: outline(steps, y, 0) }),
    svg("path", { class: "over", d: outline(steps, y, beds) }),
    svg("path", { class: "beds", d: `M0 ${y(beds)}H${WIDTH}` }));
}

function outline(steps, y, from) {
  const x = (minute) => (WIDTH * share(state.grid.axis, minute)).toFixed(2);
  const line = steps.map(([minute, count]) => `H${x(minute)}V${y(Math.max(from, count))}`);
  return `M0 ${y(from)}${line.join("")}H${WIDTH}V${y(from)}Z`;
}
