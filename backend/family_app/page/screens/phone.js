// A number for SMS: it counts once the code that was sent there has been typed.
import { ask } from "../answers.js";
import { go, h, say } from "../elements.js";
import { t } from "../words.js";
import { doing, fetched, sending } from "./asking.js";
import { refusalWords } from "./sign_in.js";

export async function show() {
  return h("div", {}, h("h1", {}, t("phone.title")), h("p", {}, t("phone.explained")),
    fetched(() => ask("GET", "/me/phone"), (phone, again) => [
      phone.phone ? known(phone.phone, again) : null, phone.unproved ? proof(phone, again) : null, number(phone, again)]));
}

const known = (number, again) => h("section", { class: "card" }, h("h2", {}, number), h("p", {}, t("phone.counts")),
  doing(t("phone.forget"), async () => {
    await ask("DELETE", "/me/phone");
    await again();
  }, t("phone.forgotten")));

function proof({ unproved, code: progress }, again) {
  const code = h("input", { id: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6, required: true });
  return form(t("phone.code_for", { number: unproved }), [
    h("p", {}, t(progress === "failed" ? "phone.code_failed" : "phone.code_coming")),
    h("label", { for: "code" }, t("phone.code")), code], t("phone.prove"), async () => {
    await ask("POST", "/me/phone/proof", { code: code.value.trim() });
    await ask("PUT", "/me/preferences", { sms_on: true });
    say(t("phone.proved"));
    go("reminders");
  });
}

function number({ phone, unproved }, again) {
  const typed = h("input", { id: "number", type: "tel", autocomplete: "tel", maxlength: 40, required: true, placeholder: "+46 70 …" });
  return form(t(phone || unproved ? "phone.another" : "phone.yours"), [
    h("label", { for: "number" }, t("phone.number")), typed], t("phone.send"), async () => {
    await ask("PUT", "/me/phone", { phone: typed.value.trim() });
    await again();
  });
}

function form(title, fields, words, act) {
  const wrong = h("p", { role: "alert" });
  return sending(act, wrong, refusalWords, h("h2", {}, title), fields, wrong, h("button", {}, words));
}
