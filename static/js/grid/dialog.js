/* One <dialog> for the whole page; each question builds its own content. */
import { $, el } from "./dom.js";
import { gettext } from "./i18n.js";

/**
 * Opens a modal with a title, content and buttons [{label, value, class, disabled}].
 * Promise of the pressed button's value, or "" when it was dismissed.
 */
export function ask({ title, content, buttons, wide = false }) {
  const dialog = $("#dialog");
  const actions = buttons.map(({ label, value, disabled, class: kind = "" }) =>
    el("button", { class: `btn ${kind}`, value, disabled, text: label, formnovalidate: value === "" }));
  dialog.className = wide ? "wide" : "";
  const form = el("form", { method: "dialog", class: "dg" }, el("h2", { id: "dialog-title", text: title }), content, el("div", { class: "e" }, actions));
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  const opener = document.activeElement;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue);
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    }, { once: true });
  });
}

export const closeDialog = (value = "") => $("#dialog").close(value);
export const dismiss = () => ({ label: gettext("Annuler"), value: "" });
