// What is told over years and belongs to no single event: medicines, milestones, operations, growth, aids, therapy.
import { standing } from "../diary.js";
import { h } from "../elements.js";
import { BACKGROUND, isAskedOf } from "../groups.js";
import { nameOf, state } from "../state.js";
import { t } from "../words.js";
import { titleOf, whenOf } from "./titles.js";

export async function show() {
  const { participant, protocol } = state;
  const entries = (await state.diary.entries(participant.id)).filter(({ deleted }) => !deleted);
  const kinds = BACKGROUND.filter((kind) => isAskedOf(protocol, participant, kind) || entries.some((entry) => entry.kind === kind));
  return h("div", {}, h("h1", {}, t("about.title", { name: nameOf(participant) })), h("p", { class: "quiet" }, t("about.explained")),
    kinds.length ? kinds.map((kind) => section(kind, entries.filter((entry) => entry.kind === kind)))
      : h("p", {}, t(protocol ? "about.nothing_asked" : "problem.offline")));
}

const section = (kind, entries) => h("section", { class: "card" }, h("h2", {}, t(`about.${kind}`)),
  entries.length ? h("ul", { class: "entries" }, entries.map(row)) : null,
  isAskedOf(state.protocol, state.participant, kind) ? h("a", { class: "button", href: `#/write/${kind}` }, t(`about.add_${kind}`)) : null);

function row(entry) {
  const where = standing(entry);
  return h("li", {}, h("a", { href: where === "conflict" ? `#/conflict/${entry.id}` : `#/details/${entry.id}`, class: `entry ${where}` },
    h("span", { class: "what" }, titleOf(entry)), h("span", { class: "when" }, whenOf(entry)),
    h("span", { class: "standing" }, t(`standing.${where}`))));
}

/** From the first screen; nobody is led to an empty list. */
export const aboutLink = () => (BACKGROUND.some((kind) => isAskedOf(state.protocol, state.participant, kind))
  ? h("p", {}, h("a", { href: "#/about" }, t("about.link", { name: nameOf(state.participant) }))) : null);
