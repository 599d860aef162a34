// "How is it now?": a fracture's card on the first screen, due after so many days until it has healed. Made on this phone.
import { openCards } from "../follow_ups.js";
import { h } from "../elements.js";
import { isAskedOf } from "../groups.js";
import { state } from "../state.js";
import { longDay, placeWords, t } from "../words.js";

/** Whoever writes down years of fractures is not buried in questions about them. */
const AT_ONCE = 2;

/** `part`: how this participant is spoken to; whom we speak to quietly nobody asks. */
export function followUpCards(entries, part) {
  const { participant, protocol } = state;
  if (part.words === "quiet" || !isAskedOf(protocol, participant, "follow_up")) return [];
  const newest = openCards(protocol, entries, participant, new Date()).reverse().map(drawn);
  const others = newest.slice(AT_ONCE);
  return [newest.slice(0, AT_ONCE), others.length
    ? h("details", {}, h("summary", {}, t("follow_up.more", { count: others.length })), others) : null];
}

const drawn = (card) => h("section", { class: "card asked" },
  h("h2", {}, t("follow_up.how", { place: placesOf(card.fracture) })),
  h("p", { class: "quiet" }, t("follow_up.since", { days: card.day, day: longDay(new Date(`${card.due_on}T12:00`)) })),
  h("a", { class: "button", href: `#/write/follow_up/${card.fracture.id}` }, t("follow_up.tell")));

const placesOf = ({ data }) => (data.sites?.length ? data.sites.map(placeWords).join(", ") : t("kind.fracture"));
