/* The line of the present hour, on the day it is. */
import { $, el, setStyle } from "./dom.js";
import { frame } from "./frame.js";
import { box } from "./geometry.js";
import { minuteOf, timeZone } from "./i18n.js";

const EVERY = 60_000;
let timer = null;

export function renderNow() {
  clearTimeout(timer);
  timer = setTimeout(renderNow, EVERY);
  $("#now").hidden = true;
  const moment = new Date();
  const today = moment.toLocaleDateString("sv", { timeZone }); // Sweden writes ISO dates
  const minute = minuteOf(moment.toLocaleTimeString("sv", { timeZone, hour: "2-digit", minute: "2-digit" }));
  const now = frame();
  if (!now.dates.includes(today) || minute < now.axis.opens || minute >= now.axis.closes) return;
  const [first, last] = [now.rooms[0], now.rooms.at(-1)].map((room) => box(now, today, room, minute, minute));
  if (!first || !last) return;
  const line = $("#now");
  line.hidden = false;
  line.replaceChildren(el("i"));
  setStyle(line, now.view === "day" ? { left: first.left, top: "0", bottom: "0", width: "0" } : {
    top: first.top, left: first.left, width: `calc(${last.left} + ${last.width} - ${first.left})`, bottom: "auto",
  });
}
