/* Zoom: one factor on both axes of the canvas. */
import { $ } from "./dom.js";
import { fill, gettext, number } from "./i18n.js";
import { state, update } from "./store.js";

const LARGEST = 2.6;

export function setZoom(factor) {
  update({ zoom: Math.max(1, Math.min(LARGEST, Math.round(factor * 10) / 10)) });
}

export function renderZoom() {
  const page = document.documentElement;
  page.classList.add("nofx");
  page.classList.toggle("z1", state.zoom === 1);
  $("#canvas").style.setProperty("--z", String(state.zoom));
  $("#zoom").value = String(state.zoom * 100);
  const { axis } = state.grid;
  const body = $("#body");
  const pixels = (state.view === "day" ? body.clientWidth : body.clientHeight) / ((axis.closes - axis.opens) / 60);
  $("#zoom-value").textContent = fill(gettext("%(pixels)s px/h"), { pixels: number(pixels) });
  requestAnimationFrame(() => page.classList.remove("nofx"));
}

export function startZoom() {
  $("#zoom").addEventListener("input", (event) => setZoom(event.target.value / 100));
  $("#fit").addEventListener("click", () => setZoom(1));
  $("#scroll").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    setZoom(state.zoom + (event.deltaY < 0 ? 0.1 : -0.1));
  }, { passive: false });
}
