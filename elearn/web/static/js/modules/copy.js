// A button that copies the text of the element it names; hidden where the browser cannot.
register("copy", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.of).textContent.trim());
    button.textContent = button.dataset.done;
  });
});
