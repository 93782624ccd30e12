/* A request being written: what follows what is typed is asked of the server, which computes and words all of it. */
const form = document.querySelector("#request-form");
const DELAY = 350;

function start() {
  const minutes = form.elements.planned_minutes;
  const label = form.elements.procedure_label;
  const picks = form.querySelector("[data-procedures]");
  const title = form.querySelector("[data-procedures-title]");
  const own = title.textContent;
  // Until the person writes a duration or a need of their own, those of the procedure follow it.
  let ownDuration = !("new" in form.dataset) || minutes.value !== "";
  let ownNeeds = !("new" in form.dataset);
  let asked = new AbortController();
  let searched = new AbortController();
  let waiting, searching;

  form.querySelector("[data-no-script]").hidden = true;

  async function text(url, options) {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, ...options }).catch(() => null);
    return answer?.ok ? answer.text() : null;
  }

  function put(html) {
    const focused = document.activeElement?.id;
    const found = new DOMParser().parseFromString(html, "text/html");
    for (const part of found.querySelectorAll("[data-answer]")) {
      document.querySelector(`[data-part="${part.dataset.answer}"]`).replaceChildren(...part.childNodes);
    }
    enhance();
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const html = await text(form.dataset.answerUrl, { method: "POST", body: new FormData(form), signal: asked.signal });
    if (html === null) return;
    put(html);
    if (takeUsual()) ask();
  }

  /** An answer on its way is to what was there before: it would undo what was just chosen. */
  function later(delay = DELAY) {
    asked.abort();
    clearTimeout(waiting);
    waiting = setTimeout(ask, delay);
  }

  /** Writes the advised duration and ticks the usual needs; says whether the answer must be asked again. */
  function takeUsual() {
    const told = form.querySelector("[data-advised]");
    if (!told) return false;
    if (!ownDuration && told.dataset.advised) write(Number(told.dataset.advised));
    if (ownNeeds || told.dataset.equipment === undefined) return false;
    const usual = new Set(told.dataset.equipment.split(","));
    let changed = false;
    for (const box of form.querySelectorAll("[name=equipment]")) {
      changed ||= box.checked !== usual.has(box.value);
      box.checked = usual.has(box.value);
    }
    const ambulatory = form.querySelector(`[name=ambulatory][value=${told.dataset.ambulatory}]`);
    changed ||= !ambulatory.checked;
    ambulatory.checked = true;
    const stay = form.elements.recovery_minutes;
    const usualStay = written(Number(told.dataset.recovery));
    changed ||= stay.value !== usualStay;
    stay.value = usualStay;
    return changed;
  }

  function write(value) {
    minutes.value = written(value);
  }

  function written(value) {
    return `${Math.floor(value / 60)}:${String(value % 60).padStart(2, "0")}`;
  }

  function enhance() {
    const range = form.querySelector("[data-duration-range]");
    if (range) range.hidden = false;
  }

  async function search() {
    searched.abort();
    searched = new AbortController();
    const words = label.value.trim();
    const html = await text(`${form.dataset.proceduresUrl}?q=${encodeURIComponent(words)}`, { signal: searched.signal });
    if (html === null) return;
    const found = new DOMParser().parseFromString(html, "text/html");
    picks.replaceChildren(...found.body.childNodes);
    title.textContent = words ? gettext("actes qui contiennent ces mots") : own;
    mark();
  }

  function mark() {
    for (const one of picks.querySelectorAll("button")) {
      one.setAttribute("aria-pressed", String(one.value === label.value.trim()));
    }
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=procedure], button[name=minutes], button[name=show]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "procedure") {
      label.value = button.value;
      ownDuration = false;
      ownNeeds = false;
      mark();
    } else if (button.name === "minutes") {
      write(Number(button.value));
      ownDuration = true;
    }
    later(0);
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-duration-range]")) {
      const share = (field.value - field.min) / Math.max(1, field.max - field.min);
      for (const end of ["x1", "x2"]) form.querySelector("[data-cursor]").setAttribute(end, 9 + 382 * share);
      write(Number(field.value));
      ownDuration = true;
      return;
    }
    if (field.form !== form) return;
    if (field === label) {
      clearTimeout(searching);
      searching = setTimeout(search, 200);
    }
    if (field === minutes) ownDuration = minutes.value !== "";
    if (["equipment", "ambulatory", "recovery_minutes"].includes(field.name)) ownNeeds = true;
    if (field.name !== "patient_code" && field.name !== "notes" && field.name !== "answer") later();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-duration-range]")) later(0);
  });
  // Pressed twice, it is asked once; coming back to the page, it may be sent again.
  form.addEventListener("submit", (event) => {
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "";
  });
  addEventListener("pageshow", () => delete form.dataset.sent);
  enhance();
  form.dataset.ready = "";
  if (takeUsual()) later(0);
}

if (form) start();
