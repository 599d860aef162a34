// The first screen: what waits for the person, the diary as a list, and the three buttons in reach of the thumb.
import { ask } from "../answers.js";
import { lastWeek, span } from "../dates.js";
import { standing } from "../diary.js";
import { button, go, h, say } from "../elements.js";
import { changed, refresh, sendNow, state } from "../state.js";
import { missingAmong } from "../photos.js";
import { BACKGROUND, isAskedOf } from "../groups.js";
import { dayAndTime, t, timeOfDay } from "../words.js";
import { aboutLink } from "./about.js";
import { afterCard } from "./after.js";
import { consentCards } from "./consent_card.js";
import { followUpCards } from "./follow_up_card.js";
import { refusalWords } from "./sign_in.js";
import { bringList, isNear, visitWords } from "./visits.js";
import { titleOf, weekWords, whenOf } from "./titles.js";

export async function show() {
  if (!state.participant) return noChild();
  const id = state.participant.id;
  const [all, questions, visit, draft, waiting, part, consents, unread] = await Promise.all([
    cardsOf(id), state.diary.questions(id), state.diary.nextVisit(id), state.diary.draft(), state.diary.unsent(),
    state.kept.get(`part ${id}`), state.kept.get(`consents ${id}`), state.kept.get("unread"),
  ]);
  const entries = all.filter(isOnTheFirstScreen);
  const how = part ?? state.participant;
  const photos = await missingAmong(state.kept, all);
  return h("div", { class: "home" },
    await connection(waiting),
    state.account.email_verified === false && state.connection !== "signed_out" ? unverifiedCard() : null,
    ended(part ?? state.participant) ? null : consentCards(state.participant, consents),
    draft ? h("p", { class: "card" }, t("home.draft"), " ", h("a", { href: "#/write/draft" }, t("home.continue"))) : null,
    how.state === "withdrawn" ? null : [await afterCard(id, all), questions.map(questionCard)],
    ended(how) ? null : followUpCards(all, how),
    photos.length ? h("p", { class: "card" }, t("photo.missing_some", { count: photos.length })) : null,
    unread && !ended(how) ? h("p", { class: "card" }, h("a", { href: "#/inbox" }, t(unread === 1 ? "inbox.unread_one" : "inbox.unread", { count: unread }))) : null,
    visit ? h("section", { class: "card" }, h("h2", {}, t("visit.next")), h("p", {}, visitWords(visit)), isNear(visit) ? bringList(visit) : null,
      h("a", { href: "#/visits", class: "button" }, t("visits.all"))) : null,
    h("section", {}, h("h2", {}, t("home.entries")),
      entries.length ? h("ul", { class: "entries" }, entries.map(entryCard)) : h("p", { class: "quiet" }, t("home.empty"))),
    aboutLink(),
    thumb(how, entries));
}

/** What is told over years has its own list; here it stands only while something about it waits. */
const isOnTheFirstScreen = (entry) => !BACKGROUND.includes(entry.kind) || !["sent", "seen", "retracted"].includes(standing(entry));

/** A new account, or one whose access has ended: a code leads on, and the settings let them sign out. */
const noChild = () => h("div", { class: "home" }, state.connection === "signed_out" ? h("p", {}, t("sign_in.again")) : null,
  h("p", {}, t("home.no_child")), h("a", { href: "/app/link", class: "button" }, t("link.title")));

/** What one may do; who is spoken to quietly is not asked for the week, and after an ending nothing presses. */
function thumb(part, entries) {
  if (part.state === "withdrawn") return h("p", { class: "quiet" }, t("withdrawal.kept_ctr_28_3"));
  if (ended(part)) {
    return h("p", { class: "quiet" }, offered(["fracture", "symptom"]).flatMap((kind, place) =>
      [place ? " · " : "", h("a", { href: `#/write/${kind}` }, t(`home.write_${kind}`))]));
  }
  return h("div", { class: "thumb three" },
    offered(["fracture", "symptom", "pain"]).map((kind, place) =>
      button(t(`home.${kind}`), () => go(kind === "pain" ? "pain" : `write/${kind}`), { class: place ? null : "main" })),
    offered(["check_in"]).map(() => week(part, entries)));
}

/** Of these kinds what the study asks about this participant. */
const offered = (kinds) => kinds.filter((kind) => isAskedOf(state.protocol, state.participant, kind));

const ended = ({ state: now }) => ["withdrawn", "died", "pregnancy_lost"].includes(now);

/** Nobody is asked for the week who is spoken to quietly, nor a child that has said no; whoever wants to may tell it. */
function week(part, entries) {
  const { role, child_tasks: asked } = state.participant;
  if (part.words !== "quiet" && (role !== "participant" || asked)) return weekButton(entries);
  return part.state === "active" ? h("a", { href: "#/write/check_in", class: "wide" }, t("home.week_tell")) : null;
}

/** Until somebody has opened the mail, this is the only place where they are signed in. */
const unverifiedCard = () => h("section", { class: "card asked" }, h("h2", {}, t("verify.title")),
  h("p", {}, t("verify.waiting")), button(t("verify.again"), async () => {
    try {
      await ask("POST", "/me/email/verification");
      say(t("verify.sent"));
    } catch (failure) {
      say(refusalWords(failure));
    }
  }), h("a", { href: "#/email" }, t("email.title")));

const cardsOf = (id) => state.diary.entries(id);

/** What is unsent, and when the last sending really ended well. */
async function connection(waiting) {
  const at = await state.kept.get("synced_at");
  const words = waiting ? t(waiting === 1 ? "sync.waiting_one" : "sync.waiting", { count: waiting })
    : at ? t("sync.all_sent", { time: sinceWords(new Date(at)) }) : t("sync.never");
  const more = state.connection === "signed_out" ? h("a", { href: "#/sign-in" }, t("sync.sign_in"))
    : state.connection === "outdated" ? t("sync.outdated")
      : waiting && state.connection !== "sending" ? button(t("sync.send_now"), sendNow, { class: "small" }) : null;
  return h("p", { class: "connection" }, words, " ", more);
}

const sinceWords = (date) => (date.toDateString() === new Date().toDateString() ? timeOfDay(date) : dayAndTime(date));

function questionCard(query) {
  return h("section", { class: "card asked" }, h("h2", {}, t("question.from_team")), h("p", {}, query.question),
    query.answer && !query.refused ? h("p", { class: "quiet" }, t("question.answer_waiting"))
      : [query.refused ? h("p", { class: "quiet" }, t("question.answer_refused")) : null, h("a", { href: `#/question/${query.id}`, class: "button" }, t("question.answer"))]);
}

function entryCard(entry) {
  const where = standing(entry);
  const place = where === "conflict" ? `#/conflict/${entry.id}` : `#/details/${entry.id}`;
  return h("li", {}, h("a", { href: place, class: `entry ${where}` },
    h("span", { class: "what" }, titleOf(entry)), h("span", { class: "when" }, whenOf(entry)),
    h("span", { class: "standing" }, t(`standing.${where}`))));
}

/** Whether the fracture is known to have happened in that week. */
function liesIn(week, { occurred, part_of_day: part }) {
  const [time, [from], [, to]] = [span(occurred, part), span(week.from), span(week.to)];
  return time !== null && time[0] >= from && time[1] <= to;
}

/** One tap attests the last week; once it is noted, the button says so. Where a fracture is known, that nothing else was. */
function weekButton(entries) {
  const rule = state.protocol?.check_in;
  if (!rule) return button(t("home.week_unknown"), async () => { await refresh(); changed(); });
  const week = lastWeek(rule, new Date());
  const noted = entries.some(({ kind, data, deleted }) => kind === "check_in" && data.to === week.to && !deleted);
  if (noted) return h("p", { class: "quiet wide" }, t("home.week_noted", { week: weekWords(week) }));
  const had = entries.some(({ kind, data, deleted }) => kind === "fracture" && !deleted && liesIn(week, data));
  const words = [h("span", {}, t(had ? "home.week_nothing_else" : "home.week_nothing")), h("small", {}, weekWords(week))];
  return [button(words, async (event) => {
    event.currentTarget.disabled = true;
    const data = { ...week, answer: had ? "had" : "nothing_happened" };
    await state.diary.write(state.participant.id, { kind: "check_in", data });
    say(t("saved"));
    changed();
    sendNow().catch(() => {});
  }, { class: "wide" }), h("a", { href: "#/write/check_in", class: "wide" }, t("home.week_other"))];
}
