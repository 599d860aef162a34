// Another e-mail address: proved by the password once more, and by the mail that goes to it.
import { ask } from "../answers.js";
import { h } from "../elements.js";
import { t } from "../words.js";
import { refusalWords } from "./sign_in.js";

export async function show() {
  const email = h("input", { id: "email", type: "email", autocomplete: "email", required: true });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const outcome = h("p", { role: "alert" });
  return h("form", { class: "write narrow", onsubmit: async (event) => {
    event.preventDefault();
    outcome.replaceChildren(await change(email.value.trim(), password.value));
  } },
  h("h1", {}, t("email.title")), h("p", {}, t("email.explained")),
  h("label", { for: "email" }, t("email.new")), email,
  h("label", { for: "password" }, t("email.password")), password,
  outcome,
  h("button", { class: "main" }, t("reset.ask")));
}

async function change(email, password) {
  try {
    await ask("POST", "/me/step-up", { password });
    await ask("POST", "/me/email", { email });
  } catch (failure) {
    return refusalWords(failure);
  }
  return t("email.asked");
}
