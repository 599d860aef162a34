// The study's texts: which hold, who has said yes, whose word is missing; one of them word for word, and one's answer.
import { ask } from "../answers.js";
import { chips, go, h, say } from "../elements.js";
import { nameOf, refresh, sendNow, state } from "../state.js";
import { longDay, t } from "../words.js";
import { fetched, proving } from "./asking.js";
import { refusalWords } from "./sign_in.js";

const path = () => `/participants/${state.participant.id}`;

/** All texts in force; with an id, that one to read and to answer. */
export async function show(documentId) {
  if (documentId) return h("div", {}, fetched(() => whole(documentId), (found, again) => textScreen(found, again)));
  return h("div", {}, h("h1", {}, t("consent.title", { name: nameOf(state.participant) })),
    fetched(() => ask("GET", `${path()}/consents`), ({ in_force: texts }) => (texts.length
      ? h("ul", { class: "rows" }, texts.map(textCard)) : h("p", {}, t("consent.none")))));
}

const named = (relations) => relations.map((each) => t(`relation.${each}`)).join(", ");

function textCard({ document, given, missing, asks_you: asked }) {
  return h("li", { class: asked ? "card asked" : "card" }, h("h2", {}, document.title),
    given.length ? h("p", {}, t("consent.given", { who: named(given) })) : null,
    missing.length ? h("p", {}, t("consent.missing", { who: named(missing) })) : null,
    h("a", { href: `#/consent/${document.id}`, class: "button" }, t(asked ? "consent.read_and_answer" : "consent.read")));
}

async function whole(documentId) {
  const [text, consents] = await Promise.all([
    ask("GET", `${path()}/consent-documents/${documentId}`), ask("GET", `${path()}/consents`),
  ]);
  return { text, standing: consents.in_force.find(({ document }) => document.id === documentId), mine: mineIn(consents, text) };
}

/** One's own newest word on this very version, if there is one. */
function mineIn({ history }, { code, version }) {
  const me = state.participant.role === "participant" ? "participant_self" : state.participant.relation;
  return history.filter((each) => each.code === code && each.version === version && each.relation === me).at(-1) ?? null;
}

function textScreen({ text, standing, mine }, again) {
  const said = mine && h("p", { class: "notice" },
    t(`consent.you_${mine.decision}`, { day: longDay(new Date(mine.signed_at)) }));
  return [h("article", {}, h("h1", {}, text.title),
    h("p", { class: "quiet" }, t("consent.version", { version: text.version })), said,
    h("div", { class: "whole-text", lang: text.language }, text.body)),
  standing?.asks_you || (standing && mine && mine.decision !== "given") ? answer(text, again) : null];
}

/** Nothing is chosen beforehand, and nothing is said with one tap. */
function answer(text, again) {
  let decision = null;
  const choice = chips(t("consent.your_answer"), [["given", t("consent.yes")], ["declined", t("consent.no")]], null,
    (value) => { decision = value; });
  return proving([choice, h("p", { class: "quiet" }, t("consent.free"))], t("consent.sign"), async (prove) => {
    if (!decision) return t("consent.choose");
    await prove();
    try {
      await ask("POST", `${path()}/consents`, { document_id: text.id, body_hash: text.body_hash, decision });
    } catch (failure) {
      if (failure.problem?.code !== "consent.out_of_date") throw failure;
      say(refusalWords(failure));
      return again();
    }
    say(t("consent.signed"));
    await refresh();
    go("");
    sendNow().catch(() => {});
    return "";
  });
}
