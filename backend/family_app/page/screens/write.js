// Writing an entry in three taps (what → where → Save), and correcting one. Each touch is kept as a draft.
import { lastWeek } from "../dates.js";
import { remarks } from "../edit_checks.js";
import { button, chips, go, h, say } from "../elements.js";
import { BACKGROUND, groupsOf } from "../groups.js";
import { knownAbout, sendNow, state } from "../state.js";
import { newId } from "../store.js";
import { t } from "../words.js";
import { remember } from "./after.js";
import { questions } from "./more.js";
import { justNow, moments } from "./moments.js";
import { show as pain } from "./pain.js";
import { places } from "./places.js";
import { safetyNotice } from "./safety.js";

const REASONS = ["details_added", "mistyped", "remembered_better", "told_by_clinician", "answer_to_query", "other"];
/** After these there is more to tell, or to be told. */
const ASKED_ON = ["fracture", "symptom", "follow_up", "surgery"];

/** `what`: a kind (`of`: whose follow-up it is), "draft", or "entry" and the id of the entry to correct. */
export async function show(what, of) {
  const draft = what === "draft" ? await state.diary.draft() : null;
  if (draft?.kind === "pain") return pain("draft");
  if (!["fracture", "symptom"].includes(what) && !state.protocol) return h("p", {}, t("problem.offline"));
  if (what === "draft" && !draft) return h("p", {}, t("write.no_draft"));
  const id = draft?.id ?? (what === "entry" ? of : null);
  const entry = id ? await state.diary.entry(id) : null;
  if (what === "entry" && !entry) return h("p", {}, t("details.gone"));
  const form = {
    id: id ?? newId(), entry, kind: entry?.kind ?? draft?.kind ?? what, participant: draft?.participant ?? state.participant.id,
    changes: draft?.changes ?? {}, reason: draft?.reason ?? (entry ? REASONS[0] : null),
  };
  if (!entry && !draft) Object.assign(form.changes, usual(form.kind, of));
  return screen(form, { ...(entry?.data ?? {}), ...form.changes });
}

/** What a new entry says if nobody says otherwise: it happened now; the week is the last one. */
function usual(kind, parent) {
  if (kind === "check_in") return lastWeek(state.protocol.check_in, new Date());
  if (BACKGROUND.includes(kind)) return {};
  return { occurred: justNow(), ...(kind === "follow_up" && parent ? { parent_id: parent } : {}) };
}

/** What is asked at once: of the short forms all; of the long ones the first screen, the rest can wait. */
function firstFields(kind, rules) {
  const groups = groupsOf(kind, rules);
  if (kind === "surgery") {  // a planned one is no alarm: that is asked at once
    return [...groups.filter(([name]) => ["what", "when", "where"].includes(name)).flatMap(([, names]) => names), "planned_before"]
      .filter((name) => name in rules.field);
  }
  return (groups[0]?.[1] ?? []).filter((name) => kind !== "follow_up" || name !== "occurred");
}

function screen(form, answered) {
  const rules = state.protocol?.forms[form.kind];
  const data = { ...(form.entry?.data ?? {}), ...form.changes };
  const asked = h("div", { role: "group", "aria-live": "polite" });
  const set = (name, value) => {
    if (JSON.stringify(form.entry?.data[name] ?? null) === JSON.stringify(value)) delete form.changes[name];
    else form.changes[name] = value;
    asked.replaceChildren();
    keep(form);
  };
  return h("form", { class: "write", onsubmit: (event) => { event.preventDefault(); save(form, asked); } },
    h("h1", {}, t(form.entry ? "write.correct" : `write.${form.kind}`)), safetyNotice(form.kind),
    (FIRST[form.kind] ?? others)(form, rules, data, set, answered),
    form.entry ? chips(t("write.reason"), REASONS.map((code) => [code, t(`reason.${code}`)]), form.reason,
      (value) => { form.reason = value ?? "other"; }) : null,
    asked,
    h("div", { class: "thumb" }, h("button", { class: "main" }, t("save")),
      button(t("cancel"), () => cancel(), { class: "plain" })));
}

const when = (set, answered) => moments(answered, ({ occurred, part_of_day: part }) => {
  set("occurred", occurred);
  set("part_of_day", part);
});
const askedAtOnce = (form, rules, data, set, only) =>
  questions(rules, data, set, { kind: form.kind, checks: state.protocol?.edit_checks, only });

/** The kinds that are written most, as few taps as can be. */
const FIRST = {
  fracture: (_form, rules, data, set, answered) => [
    places(rules, data.sites, (sites) => set("sites", sites.length ? sites : null)), when(set, answered)],
  symptom: (form, rules, data, set, answered) => [
    chips(t("field.symptom"), codesOf(rules, "symptom"), data.symptom, (value) => set("symptom", value)), when(set, answered),
    askedAtOnce(form, rules, data, set, ["severity", "temperature_c"].filter((name) => rules?.field[name]))],
  check_in: (form, rules, data, set) => [
    chips(t("field.answer"), codesOf(rules, "answer"), data.answer, (value) => set("answer", value)),
    h("details", { open: Boolean(form.entry) }, h("summary", {}, t("write.more")), askedAtOnce(form, rules, data, set,
      Object.keys(rules.field).filter((name) => !["from", "to", "answer"].includes(name))))],
};
const others = (form, rules, data, set) => askedAtOnce(form, rules, data, set, firstFields(form.kind, rules));

const CODES = {
  symptom: ["pain", "fatigue", "sleep", "breathing", "fever_or_infection", "rash_or_allergic_reaction", "hearing",
    "constipation", "mood", "other"],
};
/** Only asked in a pregnancy. */
const OF_A_WOMAN = ["contraction", "pregnancy_bleeding"];
const codesOf = (rules, name) => (rules?.field[name].codes ?? CODES[name])
  .filter((code) => state.participant?.kind === "woman" || !OF_A_WOMAN.includes(code)).map((code) => [code, t(`${name}.${code}`)]);

/** A draft outlives the page: the phone rings, the battery dies. */
function keep({ id, kind, participant, changes, reason }) {
  state.diary.keepDraft({ id, kind, participant, changes, reason }).catch(() => {});
}

async function cancel() {
  await state.diary.dropDraft();
  history.length > 1 ? history.back() : go("");
}

/** Remarks of the edit checks are asked about once; what the person confirms is saved with that word. */
async function save(form, asked) {
  const data = { ...(form.entry?.data ?? {}), ...form.changes };
  const found = remarks(state.protocol?.edit_checks ?? [], form.kind, data, await knownAbout(form.entry, data));
  const hard = found.filter(({ severity }) => severity === "hard");
  if (hard.length) return ask(asked, hard, null);
  if (found.length) return ask(asked, found, () => store(form, found.map(({ code }) => code)));
  return store(form, []);
}

function ask(asked, found, confirm) {
  asked.replaceChildren(h("section", { class: "card asked" },
    h("h2", {}, t(confirm ? "check.sure" : "check.missing")),
    h("ul", {}, found.map(({ code }) => h("li", {}, t(`check.${code}`)))),
    confirm ? button(t("check.yes"), confirm, { class: "main" }) : null,
    button(t("check.change"), () => asked.replaceChildren())));
  asked.querySelector("button").focus();
  asked.scrollIntoView({ block: "center" });
}

async function store(form, confirmed) {
  if (form.saving) return null;
  form.saving = true;
  const cleared = Object.entries(form.changes).filter(([, value]) => form.entry || value !== null);
  if (form.entry && !cleared.length) return cancel();
  try {
    await state.diary.write(form.participant, {
      id: form.id, kind: form.kind, data: Object.fromEntries(cleared), confirmed,
      reason: form.entry ? form.reason : undefined,
    });
    if (!form.entry && ASKED_ON.includes(form.kind)) await remember(form.participant, form.id);
  } catch (failure) {
    form.saving = false;
    say(t(failure?.name === "QuotaExceededError" ? "write.full" : "write.not_saved"));
    return null;
  }
  say(t("saved"));
  location.replace(BACKGROUND.includes(form.kind) && form.kind !== "surgery" ? "#/about" : "#/");
  return sendNow().catch(() => {});
}
