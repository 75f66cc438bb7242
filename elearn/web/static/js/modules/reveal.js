// A button that shows and hides what is typed in the passphrase field that it names; there is none without scripts.
register("reveal", (button) => {
  const input = document.getElementById(button.dataset.of);
  const show = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? button.dataset.hide : show;
  });
});
