// Passkeys, on the few pages that need them: a button asks the device, puts its answer into the form and sends that. Without scripts, or in a
// browser that knows no passkeys, the button stays hidden.
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/**
 * The question as the browser wants it: what is base64url in JSON becomes bytes.
 * @param {object} question
 */
function asked(question) {
  const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));
  const user = question.user && { ...question.user, id: bytes(question.user.id) };
  return {
    ...question,
    challenge: bytes(question.challenge),
    ...(user && { user, excludeCredentials: known(question.excludeCredentials) }),
    ...(question.allowCredentials && { allowCredentials: known(question.allowCredentials) }),
  };
}

/**
 * The answer as the server reads it.
 * @param {PublicKeyCredential} made
 */
function answered(made) {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  const response = Object.fromEntries(names.filter((name) => made.response[name]).map((name) => [name, text(made.response[name])]));
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
}

const button = document.querySelector("[data-passkey]");
if (button && window.PublicKeyCredential) {
  const failed = document.getElementById("passkey-failed");
  button.hidden = false;
  button.addEventListener("click", async () => {
    failed.hidden = true;
    try {
      const publicKey = asked(JSON.parse(button.dataset.question));
      const made = await navigator.credentials[button.dataset.passkey]({ publicKey });
      button.form.elements.answer.value = answered(made);
      button.form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
