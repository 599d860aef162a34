// Signing in with e-mail and password. What is unsent on this phone waits for the same person.
import { NoAnswer, Refused, ask } from "../answers.js";
import { deviceName } from "../device_name.js";
import { go, h } from "../elements.js";
import { refresh, sendNow, speakTheirs, state } from "../state.js";
import { t } from "../words.js";

export async function show() {
  const email = h("input", { id: "email", type: "email", autocomplete: "username", required: true });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const wrong = h("p", { role: "alert" });
  return h("form", { class: "write narrow", onsubmit: async (event) => {
    event.preventDefault();
    wrong.replaceChildren(await enter(email.value.trim(), password.value));
  } },
  h("h1", {}, state.config.app_name),
  state.connection === "signed_out" && state.account ? h("p", {}, t("sign_in.again")) : null,
  h("label", { for: "email" }, t("sign_in.email")), email,
  h("label", { for: "password" }, t("sign_in.password")), password,
  wrong,
  h("button", { class: "main" }, t("sign_in")),
  h("a", { href: "/app/reset-password" }, t("sign_in.forgotten")),
  h("a", { href: "/app/link" }, t("sign_in.have_code")));
}

/** What went wrong in words; empty when signed in. */
async function enter(email, password) {
  try {
    await ask("POST", "/sessions", { email, password, kind: "browser", device_name: deviceName() });
  } catch (failure) {
    return refusalWords(failure);
  }
  if (!(await refresh())) return t("problem.busy");
  await speakTheirs();
  go(state.after ?? "");
  state.after = null;
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  sendNow().catch(() => {});
  return "";
}

/** A refusal of signing in or linking, in words. */
export function refusalWords(failure) {
  if (failure instanceof NoAnswer) return t("problem.offline");
  if (!(failure instanceof Refused)) throw failure;
  const words = {
    "sign_in.failed": "problem.sign_in", "sign_in.code_required": "problem.staff", too_many_attempts: "problem.too_many",
    "password.weak": "problem.weak", "linking_code.refused": "problem.code",
    "email.unverified": "problem.unverified", "link.refused": "problem.link",
    not_signed_in: "sign_in.again", not_found: "problem.gone", "state.refuses": "problem.state", findings: "problem.findings",
    "role.may_not": "problem.role", "guardianship.court_order": "problem.ask_site", "capability.escalation": "problem.ask_site",
    "invitation.not_for_you": "problem.not_for_you", "phone_code.refused": "problem.phone_code", "sms.not_set": "problem.no_sms",
    "body.does_not_fit": "problem.invalid", "consent.out_of_date": "problem.text_changed",
  }[failure.problem?.code];
  return t(words ?? (failure.status < 500 ? "problem.invalid" : "problem.busy"));
}
