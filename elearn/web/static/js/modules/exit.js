// Quick exit: leave at once by location.replace, so that the way back does not lead here; the form still tells the server to end the session.
register("exit", (form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const leave = () => location.replace(form.dataset.to);
    document.body.hidden = true;
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).then(leave, leave);
  });
});
