/* The page of a run under way: says how far it is, and is read again when its state changes. */
const run = document.querySelector("[data-run]");

setInterval(async () => {
  const answer = await fetch(run.dataset.run, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return; // the server is away for a moment: ask again
  const { state, state_label: label, phase_label: phase, elapsed, time_limit: limit } = await answer.json();
  if (state !== run.dataset.state) window.location.reload();
  else run.querySelector("[data-progress]").textContent = phase ? `${phase}, ${Math.round(elapsed)} / ${limit} s` : label;
}, 1500);
