// Redeeming a linking code: it comes with the address (after the #) or is typed. Nothing is sent before the
// person continues, so that a preview of the link uses nothing up.
import { ask } from "../answers.js";
import { zone } from "../dates.js";
import { deviceName } from "../device_name.js";
import { h } from "../elements.js";
import { refresh, state } from "../state.js";
import { firstKnown, language, t } from "../words.js";
import { refusalWords } from "./sign_in.js";

let brought = "";

export async function show() {
  if (location.hash.length > 1) {
    brought = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", "/app/link");  // the code does not stay in the address or the history
  }
  const signedIn = state.account && state.connection !== "signed_out";
  const field = (id, properties) => h("input", { id, required: true, ...properties });
  const code = field("code", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", value: brought });
  const name = field("display_name", { autocomplete: "name", maxlength: 120 });
  const email = field("email", { type: "email", autocomplete: "username" });
  const password = field("password", { type: "password", autocomplete: "new-password", minlength: 15 });
  const wrong = h("p", { role: "alert" });
  const labelled = (input, words, hint) => [h("label", { for: input.id }, words), input,
    hint ? h("p", { class: "quiet" }, hint) : null];
  return h("form", { class: "write narrow", onsubmit: async (event) => {
    event.preventDefault();
    const who = signedIn ? null : { email: email.value.trim(), password: password.value, display_name: name.value.trim() };
    wrong.replaceChildren(await redeem(code.value, who));
  } },
  h("h1", {}, t("link.title")), h("p", {}, t("link.explained")),
  labelled(code, t("link.code"), t("link.code_hint")),
  signedIn ? null : [...labelled(name, t("link.name")), ...labelled(email, t("sign_in.email")),
    ...labelled(password, t("sign_in.password"), t("link.password_hint"))],
  wrong,
  h("button", { class: "main" }, t("link.continue")),
  h("a", { href: "/app/" }, t("cancel")));
}

async function redeem(code, who) {
  try {
    if (who) {
      await ask("POST", "/linking-codes/redemption", {
        code, ...who, language: await messageLanguage(), timezone: zone(), kind: "browser", device_name: deviceName(),
      });
    } else await ask("POST", "/linking-codes/redemption/mine", { code });
  } catch (failure) {
    return refusalWords(failure);
  }
  brought = "";
  await refresh();
  location.assign("/app/");
  return "";
}

/** Mails come in the person's own language even where this page does not speak it. */
async function messageLanguage() {
  const chosen = await state.device.get("language");
  return firstKnown([chosen, ...navigator.languages].filter(Boolean), state.config.message_languages) ?? language;
}
