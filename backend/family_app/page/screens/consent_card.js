// On the first screen: a text that waits for this person, and calm words while nothing new can be taken in.
import { h } from "../elements.js";
import { t } from "../words.js";

/** `consents` is what the server said last; null where the person has no word in it. */
export function consentCards(participant, consents) {
  const told = participant.role !== "participant" || participant.child_tasks;
  const asked = told ? (consents?.in_force ?? []).filter((each) => each.asks_you) : [];
  return [closedWords(participant, consents), asked.map(waitingCard)];
}

const waitingCard = ({ document }) => h("section", { class: "card asked" }, h("h2", {}, t("consent.waits")),
  h("p", {}, document.title), h("a", { href: `#/consent/${document.id}`, class: "button" }, t("consent.read")));

/** Why entries wait. After a withdrawal the screen itself says so. */
function closedWords({ collection }, consents) {
  if (collection !== "no_consent" && collection !== "own_consent_needed") return null;
  const missing = (consents?.in_force ?? []).filter((each) => each.is_needed && !each.asks_you)
    .flatMap((each) => each.missing);
  const whom = [...new Set(missing)].map((each) => t(`relation.${each}`)).join(", ");
  return h("p", { class: "notice" }, t(`collection.${collection}`),
    whom ? ` ${t("consent.missing", { who: whom })}` : "");
}
