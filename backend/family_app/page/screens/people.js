// Who speaks for the child, the invitations that nobody has used yet, and an end to those one has invited.
import { ask } from "../answers.js";
import { h } from "../elements.js";
import { nameOf, state } from "../state.js";
import { longDay, t } from "../words.js";
import { doing, everything, fetched } from "./asking.js";

const mayInvite = () => state.participant?.capabilities.includes("invite");

export async function show() {
  const { id } = state.participant;
  const load = async () => ({
    people: await everything(`/participants/${id}/guardianships`),
    invitations: mayInvite() ? await everything(`/participants/${id}/invitations`) : [],
  });
  return h("div", {}, h("h1", {}, t("people.title", { name: nameOf(state.participant) })),
    mayInvite() ? h("p", {}, h("a", { href: "#/invite", class: "button" }, t("invite.title"))) : null,
    fetched(load, ({ people, invitations }, again) => {
      const open = invitations.filter((each) => each.state === "active");
      return [
        h("ul", { class: "rows" }, people.filter(isLiving).map((person) => personCard(person, again))),
        open.length ? h("h2", {}, t("people.open")) : null,
        h("ul", { class: "rows" }, open.map((each) => invitationCard(each, again))),
        h("p", { class: "quiet" }, t("people.site_decides")),
      ];
    }));
}

const isLiving = ({ ends_at: end }) => end === null || Date.parse(end) > Date.now();

/** "Grandparent", as a heading. */
export const relationWords = (relation) => {
  const words = t(`relation.${relation}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What somebody may do, and how long. */
export function rightsWords({ role, capabilities, starts_at: start, ends_at: end }) {
  const may = capabilities ?? (role === "carer" ? ["log"] : ["log", "see"]);
  const level = role !== "carer" ? `people.role_${role}` : may.includes("see") ? "people.sees" : "people.reports";
  return [t(level), start && Date.parse(start) > Date.now() ? t("people.from", { day: longDay(new Date(start)) }) : null,
    end ? t("people.until", { day: longDay(new Date(end)) }) : null].filter(Boolean).join(" · ");
}

function personCard(person, again) {
  return h("li", { class: "card" }, h("h2", {}, relationWords(person.relation), person.is_yours ? ` (${t("you")})` : ""),
    h("p", { class: "quiet" }, rightsWords(person), person.invited_by_you ? ` · ${t("people.by_you")}` : ""),
    person.invited_by_you && mayInvite() ? h("details", {}, h("summary", {}, t("people.change")), changes(person, again)) : null);
}

function changes(person, again) {
  const path = `/guardianships/${person.id}`;
  const day = h("input", { type: "date", id: `until-${person.id}` });
  const limit = async (wanted) => { await ask("PATCH", path, wanted); await again(); };
  return [
    person.capabilities.some((each) => each !== "log")
      ? doing(t("people.only_report"), () => limit({ capabilities: ["log"] }), t("people.changed")) : null,
    h("label", { for: day.id }, t("invite.until")), day,
    doing(t("people.set_end"), async () => { if (day.value) await limit({ ends_at: endOf(day.value) }); },
      null),
    h("p", {}, t("people.end_explained")),
    doing(t("people.end"), async () => { await ask("POST", `${path}/end`); await again(); }, t("people.ended")),
  ];
}

/** The last moment of that day on this phone's clock. */
export const endOf = (day) => new Date(`${day}T23:59:59`).toISOString();

function invitationCard(each, again) {
  return h("li", { class: "card" }, h("h3", {}, relationWords(each.relation)), h("p", { class: "quiet" }, rightsWords(each)),
    h("p", { class: "quiet" }, t("people.invitation_until", { day: longDay(new Date(each.expires_at)) })),
    doing(t("people.revoke"), async () => {
      await ask("DELETE", `/participants/${state.participant.id}/invitations/${each.id}`);
      await again();
    }, t("people.revoked")));
}
