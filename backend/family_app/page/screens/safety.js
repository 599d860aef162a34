// That nobody watches day and night: before something is saved, after it, and when the study staff have read it.
import { mayBeUrgent } from "../safety.js";
import { state } from "../state.js";
import { h } from "../elements.js";
import { dayAndTime, language, t } from "../words.js";

const ABOUT_HARM = ["fracture", "symptom", "pain", "follow_up", "surgery"];

/** Comes with the page in every language, so that it stands without a network. */
const notice = () => state.config.safety_notices?.[language] ?? t("safety.notice");

/** On a screen on which somebody writes about an injury or an illness. */
export const safetyNotice = (kind) => (ABOUT_HARM.includes(kind) ? h("p", { class: "safety" }, notice()) : null);

/** The same in what was saved, where the server opened a case or this phone thinks it may: as a card; else null. */
export async function safetyOf(entry) {
  const [cases, entries, about] = await Promise.all([
    state.diary.cases(), state.diary.entries(entry.participant_id), aboutThem(entry.participant_id),
  ]);
  const opened = cases.has(entry.id);
  if (!opened && !entry.safety && !(state.protocol && mayBeUrgent(state.protocol, entry, entries, about))) return null;
  const read = cases.get(entry.id) ?? entry.safety?.acknowledged_at;
  return h("section", { class: "safety", role: "note" }, h("p", {}, notice()),
    read ? h("p", {}, t("safety.read", { when: dayAndTime(new Date(read)) }))
      : opened || entry.safety?.case ? h("p", {}, t("safety.told")) : null);
}

/** What a rule may know of the participant. */
async function aboutThem(id) {
  const { birth_month, gestational_days, enrolled_at, kind } = state.account.participants.find((each) => each.id === id) ?? {};
  return { birth_month, gestational_days, enrolled_at, kind, now: Date.now() };
}
