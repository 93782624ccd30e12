/* Pure: minutes and room-days to percentages, and back. Both views share it; nothing else knows the geometry. */

/** How many times wider an opened group is than the others. */
const OPENED = { wide: 3.7, narrow: 4.6 };

/**
 * Columns of the week: one a room-day, grouped by day or by room.
 * Returns {columns: [{date, room, group, index, size, x, w}], groups: [{key, x, w}]}, x and w as shares of the width.
 */
export function layout({ dates, rooms, group, focus, narrow }) {
  const outer = group === "day" ? dates : rooms;
  const inner = group === "day" ? rooms : dates;
  const opened = narrow ? OPENED.narrow : OPENED.wide;
  const weight = (key) => (focus !== null && key === focus ? opened : 1);
  const total = outer.reduce((sum, key) => sum + weight(key) * inner.length, 0) || 1;
  const columns = [];
  const groups = [];
  let x = 0;
  outer.forEach((key, groupIndex) => {
    const start = x;
    inner.forEach((other, index) => {
      const [date, room] = group === "day" ? [key, other] : [other, key];
      const w = weight(key) / total;
      columns.push({ date, room, group: key, groupIndex, index, size: inner.length, x, w });
      x += w;
    });
    groups.push({ key, index: groupIndex, x: start, w: x - start });
  });
  return { columns, groups };
}

const gaps = (count) => `(100% - ${Math.max(0, count - 1)} * var(--day-gap))`;
export const left = (count, x, groupIndex) =>
  `calc(${gaps(count)} * ${x.toFixed(6)} + ${groupIndex} * var(--day-gap))`;
export const width = (count, w) => `calc(${gaps(count)} * ${w.toFixed(6)})`;

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
export const share = (axis, minute) => (clamp(minute, axis.opens, axis.closes) - axis.opens) / (axis.closes - axis.opens);
export const at = (axis, minute) => `${(share(axis, minute) * 100).toFixed(4)}%`;
export const span = (axis, from, to) => `${((share(axis, to) - share(axis, from)) * 100).toFixed(4)}%`;

/** CSS box of a stretch of time in a room-day, or null when this view does not show it. */
export function box(frame, date, room, start, end) {
  const { axis } = frame;
  if (frame.view === "day") {
    const row = frame.rooms.indexOf(room);
    if (date !== frame.day || row < 0) return null;
    const height = 100 / frame.rooms.length;
    return { left: at(axis, start), width: span(axis, start, end), top: `${row * height}%`, height: `${height}%` };
  }
  const column = frame.columns.find((each) => each.date === date && each.room === room);
  if (!column) return null;
  const count = frame.groups.length;
  return {
    left: left(count, column.x, column.groupIndex), width: width(count, column.w),
    top: at(axis, start), height: span(axis, start, end),
  };
}

/** The step nearest to `minute`, inside the axis. */
export const snap = (axis, minute) => clamp(Math.round(minute / axis.step) * axis.step, axis.opens, axis.closes - axis.step);

/** Free stretches between `busy` [from, to] pairs inside a slot. */
export function holes(from, to, busy) {
  const free = [];
  let cursor = from;
  for (const [start, end] of busy.filter(([a, b]) => b > from && a < to).sort((a, b) => a[0] - b[0])) {
    if (start > cursor) free.push([cursor, start]);
    cursor = Math.max(cursor, end);
  }
  if (to > cursor) free.push([cursor, to]);
  return free;
}
