// Writing an entry in three taps (what → where → Save), and correcting one. Each touch is kept as a draft.
import { lastWeek } from "../dates.js";
import { remarks } from "../edit_checks.js";
import { button, chips, go, h, say } from "../elements.js";
import { known, sendNow, state } from "../state.js";
import { newId } from "../store.js";
import { t } from "../words.js";
import { more } from "./more.js";
import { justNow, moments } from "./moments.js";
import { places } from "./places.js";

const REASONS = ["details_added", "mistyped", "remembered_better", "told_by_clinician", "answer_to_query", "other"];

/** `what`: a kind, "draft", or "entry" followed by the id of the entry to correct. */
export async function show(what, entryId) {
  const draft = what === "draft" ? await state.diary.draft() : null;
  if (what === "check_in" && !state.protocol) return h("p", {}, t("problem.offline"));
  if (what === "draft" && !draft) return h("p", {}, t("write.no_draft"));
  const id = draft?.id ?? entryId ?? null;
  const entry = id ? await state.diary.entry(id) : null;
  if (entryId && !entry) return h("p", {}, t("details.gone"));
  const form = {
    id: id ?? newId(), entry, kind: entry?.kind ?? draft?.kind ?? what, participant: draft?.participant ?? state.participant.id,
    changes: draft?.changes ?? {}, reason: draft?.reason ?? (entry ? REASONS[0] : null),
  };
  const answered = { ...(entry?.data ?? {}), ...form.changes };
  if (!entry && !draft) Object.assign(form.changes, usual(form.kind));
  return screen(form, answered);
}

/** What a new entry says if nobody says otherwise: it happened now; the week is the last one. */
const usual = (kind) => (kind === "check_in" ? lastWeek(state.protocol.check_in, new Date()) : { occurred: justNow() });

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
  const when = form.kind === "check_in" ? null : moments(answered, ({ occurred, part_of_day: part }) => {
    set("occurred", occurred);
    set("part_of_day", part);
  });
  return h("form", { class: "write", onsubmit: (event) => { event.preventDefault(); save(form, asked); } },
    h("h1", {}, t(form.entry ? "write.correct" : `write.${form.kind}`)),
    form.kind === "fracture" ? places(rules, data.sites, (sites) => set("sites", sites.length ? sites : null)) : null,
    form.kind === "symptom" ? chips(t("field.symptom"), codesOf(rules, "symptom"), data.symptom,
      (value) => set("symptom", value)) : null,
    form.kind === "check_in" ? chips(t("field.answer"), codesOf(rules, "answer"), data.answer,
      (value) => set("answer", value)) : null,
    when,
    form.entry ? chips(t("write.reason"), REASONS.map((code) => [code, t(`reason.${code}`)]), form.reason,
      (value) => { form.reason = value ?? "other"; }) : null,
    h("details", { open: Boolean(form.entry) }, h("summary", {}, t("write.more")), more(rules, data, set)),
    asked,
    h("div", { class: "thumb" }, h("button", { class: "main" }, t("save")),
      button(t("cancel"), () => cancel(), { class: "plain" })));
}

const CODES = {
  symptom: ["pain", "fatigue", "sleep", "breathing", "fever_or_infection", "rash_or_allergic_reaction", "hearing",
    "constipation", "mood", "other"],
  answer: ["had", "nothing_happened", "dont_know"],
};
const codesOf = (rules, name) => (rules?.field[name].codes ?? CODES[name]).map((code) => [code, t(`${name}.${code}`)]);

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
  const found = remarks(state.protocol?.edit_checks ?? [], form.kind, data, await known());
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
  } catch (failure) {
    form.saving = false;
    say(t(failure?.name === "QuotaExceededError" ? "write.full" : "write.not_saved"));
    return null;
  }
  say(t("saved"));
  location.replace("#/");
  return sendNow().catch(() => {});
}
