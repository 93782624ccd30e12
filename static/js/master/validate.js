/* What validating would do, read before it is confirmed: a Monday, the advice of the theatre board, the consequences. */
import { complain } from "../grid/announce.js";
import { get, post } from "../grid/api.js";
import { ask, dismiss } from "../grid/dialog.js";
import { $, el, icon } from "../grid/dom.js";
import { fill, gettext, ngettext } from "../grid/i18n.js";
import { setBoard, state } from "./store.js";

export async function validate() {
  const { board } = state;
  const days = el("select", { id: "starts" }, board.mondays.map(({ value, label }) => el("option", { value, text: label, selected: value === board.valid_from })));
  const advice = el("textarea", { rows: 3, maxlength: 4000, required: true });
  const lines = el("div", { class: "effects", "aria-live": "polite" });
  let known = null;
  const arm = () => { const confirm = $('#dialog button[value="ok"]'); if (confirm) confirm.disabled = !known?.possible || !advice.value.trim(); };
  const read = async () => {
    known = null;
    arm();
    try {
      known = await get(`master-plans/${board.id}/effects/?start=${days.value}`);
      lines.replaceChildren(...shown(known));
    } catch (error) {
      lines.replaceChildren(el("p", { class: "msg bad", text: error.message }));
    }
    arm();
  };
  days.addEventListener("change", read);
  advice.addEventListener("input", arm);
  const content = el("div", { class: "ask" }, field(gettext("Appliquer à partir du lundi"), days), lines, field(gettext("Avis du conseil de bloc"), advice, gettext("Nécessaire pour valider : le journal le garde.")));
  const answer = ask({ title: gettext("Valider le plan directeur"), content, wide: true, buttons: [dismiss(), { label: gettext("Valider"), value: "ok", class: "primary", disabled: true }] });
  read();
  if ((await answer) !== "ok") return;
  try {
    await post(`master-plans/${board.id}/validate/`, { revision: state.board.revision, start: known.start, previous: known.previous, advice: advice.value });
    window.location.reload();
  } catch (error) {
    if (error.body?.board) setBoard(error.body.board);
    complain(error);
  }
}

const field = (label, control, help = null) => el("label", { class: "stacked" }, el("span", { text: label }), control, help ? el("span", { class: "mut", text: help }) : null);

function shown({ lines, losing, more }) {
  const list = el("ul", {}, lines.map(({ status, text }) => el("li", { class: status }, icon(status === "ok" ? "check" : "alert"), el("span", { text }))));
  if (!losing.length) return [list];
  const rest = more ? fill(ngettext("et %(n)s autre", "et %(n)s autres", more), { n: more }) : "";
  return [list, el("p", { class: "losing", text: [...losing, rest].filter(Boolean).join(" · ") })];
}
