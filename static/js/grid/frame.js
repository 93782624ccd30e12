/* The geometry of what is on screen now, and who works where: read by every widget that places something. */
import { layout } from "./geometry.js";
import { byId, state } from "./store.js";

export const narrow = () => window.innerWidth < 1024;

export function frame() {
  const { grid, view, day, group, focus } = state;
  const rooms = grid.rooms.map((room) => room.id);
  const dates = grid.days.map((each) => each.date);
  return { view, day, axis: grid.axis, rooms, dates, ...layout({ dates, rooms, group, focus, narrow: narrow() }) };
}

export const cellKey = (date, room) => `${date}/${room}`;

/** Placements by room-day, each list in order of start. */
export function cells() {
  const map = new Map();
  for (const placement of state.placements.values()) {
    const key = cellKey(placement.date, placement.room);
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(placement);
  }
  for (const list of map.values()) list.sort((a, b) => a.start - b.start);
  return map;
}

/** Minutes offered by regular slots and used, with the overtime, in one room-day. */
export function load(date, room, placements = []) {
  const slots = state.grid.slots.filter((slot) => slot.date === date && slot.room === room && slot.kind === "regular");
  return {
    offered: slots.reduce((sum, slot) => sum + slot.end - slot.start, 0),
    used: placements.reduce((sum, placement) => sum + placement.minutes - placement.overtime_minutes, 0),
    overtime: placements.reduce((sum, placement) => sum + placement.overtime_minutes, 0),
    end: placements.reduce((latest, placement) => Math.max(latest, placement.start + placement.minutes), 0),
  };
}

export const specialtyClass = (id) => {
  const specialty = byId("specialties", id);
  return specialty ? `s-${specialty.colour}` : "";
};
export const surgeonName = (id) => byId("surgeons", id)?.name ?? "";

export function matches(intervention) {
  if (state.isolated.size && !state.isolated.has(intervention.specialty)) return false;
  if (!state.query) return true;
  const surgeon = byId("surgeons", intervention.surgeon);
  const specialty = byId("specialties", intervention.specialty);
  return [intervention.patient_code, intervention.code, intervention.label, surgeon?.name, surgeon?.trigram,
    specialty?.code, specialty?.name].join(" ").toLowerCase().includes(state.query.toLowerCase());
}
