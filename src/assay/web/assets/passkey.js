// Passkeys: hand the server's options to the browser and its answer back.
"use strict";
(() => {
  const token = document.querySelector('meta[name="csrf"]').content;
  const send = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: JSON.stringify(body) });
  const add = document.getElementById("add-passkey"), use = document.getElementById("passkey");
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
  add?.addEventListener("click", async () => {
    const said = document.getElementById("passkey-said");
    try {
      const options = PublicKeyCredential.parseCreationOptionsFromJSON(await (await fetch("/account/passkey")).json());
      const made = await navigator.credentials.create({ publicKey: options });
      said.textContent = (await send("/account/passkey", made.toJSON())).ok ? "✓" : "✕";
    } catch (problem) { said.textContent = "✕ " + problem.message; }
  });
  if (use) {
    use.hidden = false;
    use.addEventListener("click", async () => {
      const options = PublicKeyCredential.parseRequestOptionsFromJSON(await (await fetch("/passkey")).json());
      const proof = await navigator.credentials.get({ publicKey: options });
      const answer = await send("/passkey", proof.toJSON());
      if (answer.ok) location.assign((await answer.json()).next);
    });
  }
})();
