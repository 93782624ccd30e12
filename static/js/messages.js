// Messages stay until closed: the cross closes one; good news leaves by itself.
for (const message of document.querySelectorAll("[data-messages] .alert")) {
  message.querySelector("button").addEventListener("click", () => message.remove());
  if (message.classList.contains("success")) setTimeout(() => message.remove(), 8000);
}
// A form that was refused: bring its summary into sight.
document.querySelector("[data-form-errors]")?.focus();
