/* A comparison's page: follows the work until it ends, and ranks again as the weights change. The server computes. */
const progress = document.querySelector("[data-progress]");
if (progress?.dataset.active) {
  const bar = progress.querySelector("progress");
  const timer = setInterval(async () => {
    const answer = await fetch(progress.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const state = await answer.json();
    bar.value = state.done + state.failed;
    progress.querySelector("[data-progress-state]").textContent = state.state_label;
    progress.querySelector("[data-progress-text]").textContent = state.text;
    if (state.active) return;
    clearInterval(timer);
    window.location.reload();
  }, 1500);
}

const form = document.querySelector("[data-weights]");
const list = document.querySelector("[data-ranking]");

function show(ranking) {
  const lines = new Map([...list.children].map((line) => [line.dataset.policy, line]));
  for (const { policy, score, rank } of ranking) {
    const line = lines.get(policy);
    if (!line) continue;
    line.querySelector(".fill").setAttribute("width", score);
    line.querySelector("[data-score]").textContent = score;
    line.querySelector("[data-rank]").textContent = `${rank}.`;
    list.append(line);
  }
}

let waiting, last = 0;
async function send() {
  const weights = Object.fromEntries([...form.querySelectorAll("input[type=range]")].map((one) => [one.name, Number(one.value)]));
  const turn = ++last;
  const answer = await fetch(form.dataset.weights, {
    method: "PUT",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify({ weights }),
  }).catch(() => null);
  if (turn !== last) return;
  const error = form.querySelector("[data-weights-error]");
  error.textContent = answer?.ok ? "" : gettext("Les poids n'ont pas été enregistrés : le serveur ne répond pas.");
  if (answer?.ok) show((await answer.json()).ranking);
}

form?.addEventListener("input", (event) => {
  const output = form.querySelector(`output[for="${event.target.id}"]`);
  if (output) output.textContent = event.target.value;
  clearTimeout(waiting);
  waiting = setTimeout(send, 120);
});
