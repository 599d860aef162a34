// Right after something was written down: the sentence about help, "anything else since …?", and the way to the details.
import { dayOf, daysBefore, toldIn } from "../dates.js";
import { button, go, h, say } from "../elements.js";
import { changed, sendNow, state } from "../state.js";
import { longDay, t } from "../words.js";
import { safetyOf } from "./safety.js";

const key = (participantId) => `after ${participantId}`;

export const remember = (participantId, id) => state.kept.set(key(participantId), id);
const forget = (participantId) => state.kept.set(key(participantId), null);

/** The card for what was written last, until it is put away. */
export async function afterCard(participantId, entries) {
  const id = await state.kept.get(key(participantId));
  const entry = entries.find((each) => each.id === id && !each.deleted);
  if (!entry) return null;
  return h("section", { class: "card after" }, h("h2", {}, t(`after.${entry.kind}`)), await safetyOf(entry), elseSince(entry, entries),
    h("p", {}, h("a", { class: "button", href: `#/add/${entry.id}` }, t("after.add")), " ",
      button(t("after.later"), async () => { await forget(participantId); changed(); }, { class: "plain" })));
}

/** The day after the last one that somebody has attested; one can't remember longer than the protocol says. */
export function unattestedSince(entries, protocol, enrolledAt, now) {
  const days = entries.filter(({ deleted }) => !deleted).map(lastAttested).filter((day) => day && day <= dayOf(now)).sort();
  const after = new Date(`${days.at(-1) ?? dayOf(daysBefore(new Date(enrolledAt ?? now), 1))}T12:00`);
  after.setDate(after.getDate() + 1);
  return [dayOf(after), dayOf(daysBefore(now, protocol.check_in.recall_days ?? 31))].sort().at(-1);
}

function lastAttested({ kind, data, received_at: at, made_at: made }) {
  if (kind === "check_in") return ["had", "nothing_happened"].includes(data.answer) ? data.to : null;
  return data.nothing_else_since ? dayOf(new Date(at ?? made)) : null;
}

function elseSince(entry, entries) {
  const field = state.protocol?.forms[entry.kind]?.field.nothing_else_since;
  if (!field || entry.data.nothing_else_since || toldIn(entry.data, "occurred") === null) return null;
  const others = entries.filter(({ id }) => id !== entry.id);
  const since = unattestedSince(others, state.protocol, state.participant.enrolled_at, new Date());
  if (since > dayOf(new Date())) return null;
  return h("fieldset", {}, h("legend", {}, t("after.else", { day: longDay(new Date(`${since}T12:00`)) })),
    h("div", { class: "chips" },
      button(t("after.nothing_else"), async () => {
        await state.diary.amend(entry, { nothing_else_since: since }, entry.id);
        say(t("saved"));
        changed();
        sendNow().catch(() => {});
      }, { class: "chip" }),
      button(t("after.more"), () => go("write/fracture"), { class: "chip" })));
}
