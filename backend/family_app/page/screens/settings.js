// Language, what the child is called on this phone, what is stored here, and signing out.
import { NoAnswer, ask } from "../answers.js";
import { button, go, h, say } from "../elements.js";
import { changed, nameOf, refresh, rename, sendNow, signOut, state } from "../state.js";
import { dayAndTime, firstKnown, language, speak, t } from "../words.js";
import { refusalWords } from "./sign_in.js";

const NAMES = { en: "English", sv: "Svenska", de: "Deutsch", nl: "Nederlands" };

export async function show() {
  const [unsent, at, entries] = await Promise.all([
    state.diary.unsent(), state.kept.get("synced_at"), state.kept.all("entries"),
  ]);
  const name = h("input", { id: "name", maxlength: 40, autocomplete: "off",
    value: state.participant ? state.names[state.participant.id] ?? "" : "" });
  return h("div", {},
    h("h1", {}, t("settings")),
    h("section", { class: "card" }, h("h2", {}, t("settings.language")), h("div", { class: "chips" },
      state.config.languages.map((code) => button(NAMES[code] ?? code, () => change(code),
        { class: "chip", lang: code, "aria-pressed": String(code === language) })))),
    state.account ? languageOfMessages() : null,
    h("section", { class: "card" }, h("h2", {}, t("reminders.title")), h("ul", { class: "links" },
      place("#/inbox", "inbox.title"), place("#/reminders", "reminders.link"), place("#/calendar", "calendar.title"))),
    state.participant ? h("form", { class: "card", onsubmit: async (event) => {
      event.preventDefault();
      await rename(state.participant, name.value);
      say(t("saved"));
      go("");
    } }, h("label", { for: "name" }, t("settings.name", { code: state.participant.code })), name,
    h("button", {}, t("save"))) : null,
    h("section", { class: "card" }, h("h2", {}, t("settings.this_phone")), h("dl", {},
      h("dt", {}, t("settings.entries")), h("dd", {}, String(entries.length)),
      h("dt", {}, t("settings.unsent")), h("dd", {}, String(unsent)),
      h("dt", {}, t("settings.last_sent")), h("dd", {}, at ? dayAndTime(new Date(at)) : "–")),
    button(t("sync.send_now"), sendNow)),
    state.participant ? aboutTheChild(state.participant) : null,
    h("section", { class: "card" }, h("h2", {}, t("settings.account")), h("ul", { class: "links" },
      place("#/devices", "devices.title"), place("#/email", "email.title"), place("/app/link", "link.title"))),
    h("section", { class: "card" }, unsent ? h("p", {}, t("settings.unsent_stay", { count: unsent })) : null,
      button(t("sign_out"), () => leave())));
}

const place = (href, words, values) => h("li", {}, h("a", { href }, t(words, values)));

/** People, consent, who opened the record, and the way out: for those who decide or may see. */
function aboutTheChild(participant) {
  const { role, capabilities } = participant;
  if (role === "carer") return null;
  const name = nameOf(participant);
  const sees = capabilities.includes("see");
  return h("section", { class: "card" }, h("h2", {}, t("settings.about", { name })), h("ul", { class: "links" },
    sees ? place("#/visits", "visits.title") : null,
    sees ? place("#/people", "people.title", { name }) : null, place("#/consent", "consent.title", { name }),
    sees ? place("#/readers", "readers.title", { name }) : null, place("#/leave-study", "leave.title", { name })));
}

/** What is mailed follows the account, on whichever phone; the page itself speaks fewer languages. */
function languageOfMessages() {
  const { message_languages: all } = state.config;
  const theirs = firstKnown([state.account.language], all) ?? "en";
  const options = all.map((code) => h("option", { value: code, lang: code, selected: code === theirs }, NAMES[code] ?? code));
  return h("section", { class: "card" }, h("label", { for: "messages" }, t("settings.messages")),
    h("select", { id: "messages", onchange: (event) => changeMessages(event.target.value) }, options),
    h("p", { class: "quiet" }, t("settings.messages_explained")),
    theirs === language ? null : h("p", {}, t("settings.messages_other", { language: NAMES[theirs] ?? theirs })));
}

async function changeMessages(code) {
  try {
    await ask("PATCH", "/me", { language: code });
    await refresh();
  } catch (failure) {
    say(refusalWords(failure));
  }
  window.dispatchEvent(new HashChangeEvent("hashchange"));  // shows what holds now, also after a refusal
}

async function change(code) {
  await state.device.set("language", code);
  await speak([code], state.config.languages);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

async function leave() {
  try {
    await signOut();
    go("sign-in");
    changed();
  } catch (failure) {
    say(failure instanceof NoAnswer ? t("sign_out.needs_network") : refusalWords(failure));
  }
}
