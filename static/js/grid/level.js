/* What the server's four answers look like and are called. */
import { gettext } from "./i18n.js";

export const LEVELS = {
  free: { name: "ok", glyph: "check", label: gettext("Possible, sans surcoût") },
  cost: { name: "warn", glyph: "alert", label: gettext("Possible, avec surcoût") },
  rule: { name: "bad", glyph: "cross", label: gettext("Contre une règle") },
  closed: { name: "bad shutout", glyph: "cross", label: gettext("Salle fermée") },
  refused: { name: "bad", glyph: "cross", label: gettext("Impossible") },
  unknown: { name: "wait", glyph: "clock", label: gettext("Calcul du coût…") },
};

export const levelOf = (status) => LEVELS[status] ?? LEVELS.unknown;
