// Save an answer as it is given and say so: a choice at once, a text after a pause, anything when the page is left. One save at a time, so that
// an older one never arrives last. Without a connection it keeps trying and says that too; the button still works.
register("saving", (form) => {
  const status = form.querySelector("[data-status]");
  let changed = false;
  let busy;
  let waiting;
  let again = 1000;

  const say = (name, text = form.dataset[name] ?? "") => {
    status.textContent = text;
    status.dataset.state = name;
  };

  // Texts in our alphabets take a third of the bytes as they are; all other answers are shorter, and saved sooner, as a plain form.
  const save = async (more) => {
    let body = new FormData(form);
    body.set("save", "1");
    if (!form.querySelector("textarea")) body = new URLSearchParams(body);
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body, ...more });
    if (answer.status > 499) throw new Error(answer.status);
    if (answer.status === 401) return say("signin");
    if (!answer.ok) return say("refused", (await answer.json()).error);
    again = 1000;
    if (!changed) say("saved");
  };

  const send = async () => {
    clearTimeout(waiting);
    if (busy || !changed) return;
    changed = false;
    const mine = (busy = new AbortController());
    say("saving");
    try {
      await save({ signal: mine.signal });
    } catch {
      if (mine.signal.aborted) return;
      changed = true;
      say("offline");
      again = Math.min(again * 2, 30000);
      waiting = setTimeout(send, again);
      return;
    } finally {
      if (busy === mine) busy = null;
    }
    if (changed) send();
  };

  const stop = () => {
    busy?.abort();
    busy = null;
    changed = false;
  };

  // What was touched here wins over what another tab saved; what was not touched does not (see "was" in the form).
  const touch = (pause) => {
    for (const seen of form.querySelectorAll('input[name$=":was"]')) seen.value = "";
    changed = true;
    say("typing");
    clearTimeout(waiting);
    waiting = setTimeout(send, pause);
  };

  const flush = () => {
    if (!changed && !busy) return;
    stop();
    save({ keepalive: true }).catch(() => (changed = true));
  };

  form.addEventListener("input", (event) => touch(event.target.matches("textarea, input:not([type=radio], [type=checkbox])") ? 600 : 0));
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return stop();
    event.preventDefault();
    touch(0);
  });
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => (document.hidden ? flush() : send()));
  addEventListener("online", send);
});
