// What every page needs: the CSRF token on each htmx request, and word of a session that is over.
// Pages add their own modules.
"use strict";
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf"]').content;
  event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});
document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx?.response?.status === 401) document.dispatchEvent(new CustomEvent("assay:ended"));
});
