// The server says where a slot lies in its room's day, in per cent; the policy forbids style attributes, so it is set here.
for (const band of document.querySelectorAll("[data-left]")) {
  band.style.left = `${band.dataset.left}%`;
  band.style.width = `${band.dataset.width}%`;
}
