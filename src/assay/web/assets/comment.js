// The editor: Ctrl+Enter checks; nothing that was typed is lost on the way.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); document.querySelector('[data-hx-post$="/check"]')?.click(); }
});
