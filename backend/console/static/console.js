// The two things a page can't do without a script: carry the secret of a first sign-in link from the address into the
// form (servers and logs never see what stands after the #), and send a form once however often it is clicked.
"use strict";

const first = document.querySelector("form[data-secret-from-address]");
if (first) {
  const token = first.elements.namedItem("token");
  if (location.hash.length > 1) {
    token.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("no-secret").hidden = token.value !== "";
  first.hidden = token.value === "";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
