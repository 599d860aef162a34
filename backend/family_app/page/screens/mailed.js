// What links in mails lead to: proving an e-mail address, choosing a new password; and asking for such a mail.
// The token stands after the # and is sent only when the person continues: a preview of the mail uses nothing up.
import { ask } from "../answers.js";
import { h } from "../elements.js";
import { refresh } from "../state.js";
import { t } from "../words.js";
import { refusalWords } from "./sign_in.js";

let brought = "";
let done = "";

/** Take the token out of the address and the history. */
function takeToken() {
  if (location.hash.length < 2) return;
  [brought, done] = [location.hash.slice(1), ""];
  history.replaceState(null, "", location.pathname);
}

export async function verify() {
  takeToken();
  if (done) return said(done, "verify.title");
  if (!brought) return said("problem.link", "verify.title");
  return form("verify.title", "verify.explained", [], "verify.yes", async () => {
    await ask("POST", "/email-verifications", { token: brought });
    await refresh();
    return "verify.done";
  });
}

export async function reset() {
  takeToken();
  if (done) return said(done, "reset.title");
  return brought ? choose() : request();
}

function request() {
  const email = h("input", { id: "email", type: "email", autocomplete: "username", required: true });
  return form("reset.title", "reset.explained", [h("label", { for: "email" }, t("sign_in.email")), email], "reset.ask",
    async () => {
      await ask("POST", "/password-resets", { email: email.value.trim() });
      return "reset.asked";
    });
}

function choose() {
  const password = h("input", { id: "password", type: "password", autocomplete: "new-password", required: true });
  const fields = [h("label", { for: "password" }, t("reset.password")), password,
    h("p", { class: "quiet" }, t("reset.password_hint"))];
  return form("reset.title", "reset.everywhere", fields, "reset.set", async () => {
    await ask("POST", "/password-resets/completion", { token: brought, password: password.value, kind: "browser" });
    await refresh();
    return "reset.done";
  });
}

/** One question and one button; afterwards the words that `act` answers with. */
function form(title, explained, fields, yes, act) {
  const wrong = h("p", { role: "alert" });
  let working = false;
  return h("form", { class: "write narrow", onsubmit: async (event) => {
    event.preventDefault();
    if (working) return;
    working = true;
    wrong.replaceChildren();
    try {
      done = await act();
      brought = "";
      window.dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (failure) {
      wrong.replaceChildren(refusalWords(failure));
    } finally {
      working = false;
    }
  } },
  h("h1", {}, t(title)), h("p", {}, t(explained)), fields, wrong,
  h("button", { class: "main" }, t(yes)), h("a", { href: "/app/" }, t("cancel")));
}

const said = (words, title) => h("div", { class: "narrow" }, h("h1", {}, t(title)), h("p", { role: "status" }, t(words)),
  h("p", {}, h("a", { href: "/app/" }, t("verify.on"))));
