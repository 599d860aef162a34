// One message as it stands in the inbox: what it says, where it leads, and "later".
import { ask } from "../answers.js";
import { button, go, h, say } from "../elements.js";
import { choose, state } from "../state.js";
import { dayAndTime, t } from "../words.js";
import { refusalWords } from "./sign_in.js";

/** Where one does what a message asks for. */
const PLACES = {
  check_in_due: () => "write/check_in", visit_ahead: () => "visits", visit_changed: () => "visits",
  query_waiting: (id) => `question/${id}`, consent_waiting: (id) => `consent/${id}`, consent_expiring: () => "consent",
  follow_up_due: (id) => `write/follow_up/${id}`, digest: () => "inbox",
};
const LATER = ["an_hour", "this_evening", "tomorrow"];

export function noticeCard(notice, changed) {
  const waits = notice.status === "open";
  return h("section", { class: waits && !notice.read_at ? "card asked" : "card" },
    h("h2", {}, notice.title), h("p", { class: "quiet" }, dayAndTime(new Date(notice.at))), h("p", {}, notice.text),
    waits ? [button(t("inbox.open"), () => follow(notice), { class: "main" }), later(notice, changed)]
      : h("p", {}, h("strong", {}, t(`inbox.${notice.status}`))));
}

async function follow(notice) {
  const child = state.account.participants.find(({ id }) => id === notice.participant_id);
  if (child) await choose(child);
  go(PLACES[notice.kind]?.(notice.subject_id) ?? "");
}

const later = (notice, changed) => h("details", {}, h("summary", {}, t("inbox.later")), h("div", { class: "chips" },
  LATER.map((until) => button(t(`snooze.${until}`), async () => {
    try {
      const { due_at: due } = await ask("POST", `/inbox/${notice.id}/snooze`, { until });
      say(t("inbox.later_then", { when: dayAndTime(new Date(due)) }));
    } catch (failure) {
      say(failure.problem?.code === "state.refuses" ? t("inbox.too_late") : refusalWords(failure));
    }
    await changed();
  }, { class: "chip" }))));

/** Whoever has it before their eyes has read it; the others of the family are not asked again. */
export async function markRead(notices) {
  for (const { id } of notices.filter(({ read_at: read }) => !read)) {
    await ask("POST", `/inbox/${id}/reading`).catch(() => {});  // next time
  }
}
