// A button that opens the browser's print window; hidden where there is no script.
register("print", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
