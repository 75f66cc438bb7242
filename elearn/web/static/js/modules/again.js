// Sends a form that was kept while the person signed in; without scripts a button does it.
register("again", (form) => form.requestSubmit());
