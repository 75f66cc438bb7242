// Shows the time left of a timed attempt, and at its end what to do; the server keeps the real clock.
register("timer", (element) => {
  const [out, over] = element.querySelectorAll("span");
  const ends = Date.now() + element.dataset.seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
    out.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    over.hidden = left > 0;
    if (left) setTimeout(tick, 1000);
  };
  tick();
});
