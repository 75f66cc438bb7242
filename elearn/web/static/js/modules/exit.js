// Quick exit: leave by location.replace, so that the way back does not lead here; the form still tells the server to end the session.
// On a line that is slow or cut nobody waits for its answer: what was sent goes on without the page.
register("exit", (form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const leave = () => location.replace(form.dataset.to);
    document.body.hidden = true;
    setTimeout(leave, 1000);
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).then(leave, leave);
  });
});
