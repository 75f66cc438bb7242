// Save an answer as it is given and say so. Without a connection it keeps trying, and says that too; the button still works.
register("saving", (form) => {
  const status = form.querySelector("[data-status]");
  let waiting = null;
  let again = 1000;

  const say = (name) => {
    status.textContent = form.dataset[name] ?? "";
    status.dataset.state = name;
  };

  const refuse = (why) => {
    say("refused");
    status.textContent = why;
  };

  const send = async () => {
    waiting = null;
    say("saving");
    const body = new FormData(form);
    body.set("save", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 401) return say("signin");
      if (answer.status >= 400 && answer.status < 500) return refuse((await answer.json()).error);
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      form.elements.key.value = told.key;
      again = 1000;
      say("saved");
    } catch {
      say("offline");
      again = Math.min(again * 2, 30000);
      waiting = setTimeout(send, again);
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    say("typing");
    waiting = setTimeout(send, 600);
  });
  addEventListener("online", () => {
    if (waiting) {
      clearTimeout(waiting);
      send();
    }
  });
});
