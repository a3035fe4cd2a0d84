// What every page needs: the CSRF token on each htmx request. Pages add their own modules.
"use strict";
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf"]').content;
  event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});
