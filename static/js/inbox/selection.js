// Which rows are ticked, said beside the buttons that decide on all of them.
export function followSelection(root) {
  const bulk = root.querySelector("[data-bulk]");
  const told = bulk.querySelector("[data-count]");
  const resting = told.textContent;
  const everything = root.querySelector("[data-all]");
  const sound = bulk.querySelector("[data-sound-all]");
  const boxes = () => [...root.querySelectorAll(".it .ck")];

  function tell() {
    const all = boxes();
    const count = all.filter((box) => box.checked).length;
    const words = ngettext("%(n)s sélectionnée", "%(n)s sélectionnées", count);
    told.textContent = count ? interpolate(words, { n: count }, true) : resting;
    for (const one of bulk.querySelectorAll("[data-with]")) one.hidden = !all.some((box) => box.checked && box.name === one.dataset.with);
    if (sound) sound.hidden = count > 0;
    if (everything) {
      everything.checked = count > 0 && count === all.length;
      everything.indeterminate = count > 0 && count < all.length;
    }
  }

  root.addEventListener("change", (event) => {
    if (event.target === everything) for (const box of boxes()) box.checked = everything.checked;
    if (event.target.matches(".ck")) tell();
  });
  sound?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes()) box.checked = box.closest("[data-item]").hasAttribute("data-sound");
    tell();
  });
  tell();
}
