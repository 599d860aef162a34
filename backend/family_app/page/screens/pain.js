// One assessment of pain, by the scale for the age. A child's own rating and a carer's are asked apart and kept apart.
import { button, chips, go, h, say } from "../elements.js";
import { scaleOn, shownAs, totalOf } from "../pain.js";
import { nameOf, sendNow, state } from "../state.js";
import { minuteOf } from "../dates.js";
import { newId } from "../store.js";
import { t } from "../words.js";
import { remember } from "./after.js";
import { questions } from "./more.js";
import { ITEMS, facesKept, observed, ownScale } from "./pain_scales.js";
import { safetyNotice } from "./safety.js";

const NOT_RATED = ["declined", "asleep", "unable"];
const TEN = Array.from({ length: 11 }, (_, step) => [step, String(step)]);

/** `of`: "draft", or the id of the fracture or symptom it belongs to. */
export async function show(of) {
  if (!state.protocol) return h("p", {}, t("problem.offline"));
  const draft = of === "draft" ? await state.diary.draft() : null;
  const participant = state.account.participants.find(({ id }) => id === draft?.participant) ?? state.participant;
  const rule = scaleOn(state.protocol.pain_scales ?? [], participant, new Date());
  if (!rule) return h("div", { class: "write" }, h("h1", {}, t("pain.title")), h("p", {}, t("pain.no_scale")),
    h("a", { class: "button", href: "#/write/symptom" }, t("home.write_symptom")));
  const faces = await facesKept();
  const scale = shownAs(rule.scale, Boolean(faces));
  const data = draft?.changes ?? { occurred: minuteOf(new Date()), scale, ...(of ? { parent_id: of } : {}) };
  const assessment = { id: draft?.id ?? newId(), participant, data, scale: data.scale, faces, by: rule.by, draft: Boolean(draft) };
  const place = h("div", { class: "write" });
  const turn = (step) => {
    place.className = ["child", "thanks"].includes(step) ? "write childs-turn" : "write";
    place.replaceChildren(...STEPS[step](assessment, turn));
    window.scrollTo(0, 0);
  };
  turn(firstStep(assessment));
  return place;
}

const isOwnDiary = ({ participant }) => participant.role === "participant";

function firstStep(assessment) {
  if (assessment.by === "carer" || assessment.draft) return "adult";
  return isOwnDiary(assessment) ? "child" : "before";
}

/** Kept at each touch; null clears. */
function set({ id, participant, data }, changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined) delete data[name];
    else data[name] = value;
  }
  state.diary.keepDraft({ id, kind: "pain", participant: participant.id, changes: data, reason: null }).catch(() => {});
}

const STEPS = {
  /** Who has the phone in hand says whether the child can be asked. */
  before: (assessment, turn) => [
    h("h1", {}, t("pain.title")), h("p", {}, t("pain.child_says", { name: nameOf(assessment.participant) })),
    chips(t("pain.not_now"), NOT_RATED.map((code) => [code, t(`not_rated.${code}`)]), assessment.data.not_rated, (code) => {
      set(assessment, { not_rated: code, rated_by: null, score: null });
      if (code) turn("adult");
    }),
    safetyNotice("pain"),
    h("div", { class: "thumb" }, button(t("pain.turn", { name: nameOf(assessment.participant) }), () => turn("child"), { class: "main wide" }),
      button(t("cancel"), leave, { class: "plain" }))],

  /** The child alone with the question: no numbers of others, nothing else to tap. */
  child: (assessment, turn) => [
    h("h1", {}, t("pain.how_much")), h("p", { class: "quiet" }, t(`pain.hint_${assessment.scale === "NRS-11" ? "numbers" : "steps"}`)),
    ownScale(assessment, (score) => {
      set(assessment, { score, scale: assessment.scale, not_rated: null, rated_by: assessment.data.rated_by ?? "self" });
      turn(isOwnDiary(assessment) ? "adult" : "thanks");
    }),
    h("div", { class: "thumb" }, button(t("pain.rather_not"), () => {
      set(assessment, { not_rated: "declined", score: null, rated_by: null });
      turn(isOwnDiary(assessment) ? "adult" : "thanks");
    }, { class: "plain" }))],

  thanks: (assessment, turn) => [
    h("h1", {}, t("pain.thanks")), h("p", {}, t("pain.give_back")),
    h("div", { class: "thumb" }, button(t("pain.back"), () => turn("adult"), { class: "main" }))],

  adult: (assessment, turn) => adult(assessment, turn),
};

function adult(assessment, turn) {
  const { data, by } = assessment;
  const asked = h("div", { "aria-live": "polite" });
  const choose = (name, value) => { set(assessment, { [name]: value }); asked.replaceChildren(); };
  const only = ["pain_over_a_day_after_care", "note"].filter((name) => name in state.protocol.forms.pain.field);
  return [
    h("h1", {}, t("pain.title")),
    by === "carer" ? observed(assessment, choose) : ownAnswer(assessment, turn),
    by === "self" && !isOwnDiary(assessment) ? [
      data.score === undefined ? null : chips(t("pain.helped"), ["self", "self_assisted"].map((code) => [code, t(`rated_by.${code}`)]),
        data.rated_by, (code) => choose("rated_by", code ?? "self")),
      chips(t("field.proxy_score"), TEN, data.proxy_score, (value) => choose("proxy_score", value)),
    ] : null,
    questions(state.protocol.forms.pain, data, choose, { kind: "pain", only }),
    asked, safetyNotice("pain"),
    h("div", { class: "thumb" }, button(t("save"), () => save(assessment, asked), { class: "main" }), button(t("cancel"), leave, { class: "plain" })),
  ].flat().filter(Boolean);
}

/** That there is an answer, without showing it around. */
function ownAnswer({ data, participant }, turn) {
  const words = data.not_rated ? t(`not_rated.${data.not_rated}`) : t("pain.answered", { name: nameOf(participant) });
  return h("p", { class: "notice" }, data.score === undefined && !data.not_rated ? t("pain.not_asked") : words, " ",
    button(t("pain.again"), () => turn("child"), { class: "plain" }));
}

const isTold = ({ data }) => data.score !== undefined || data.not_rated || data.proxy_score !== undefined || ITEMS.some((item) => item in data);

async function save(assessment, asked) {
  const { id, participant, data, by } = assessment;
  if (!isTold(assessment)) return asked.replaceChildren(h("p", { class: "card asked" }, t("pain.nothing")));
  if (by === "carer" && !data.not_rated && totalOf(data) === null && !asked.children.length) {
    return asked.replaceChildren(h("p", { class: "card asked" }, t("pain.incomplete")));
  }
  if (assessment.saving) return null;
  assessment.saving = true;
  try {
    await state.diary.write(participant.id, { id, kind: "pain", data });
    await remember(participant.id, id);
  } catch (failure) {
    assessment.saving = false;
    return say(t(failure?.name === "QuotaExceededError" ? "write.full" : "write.not_saved"));
  }
  say(t("saved"));
  location.replace("#/");
  return sendNow().catch(() => {});
}

async function leave() {
  await state.diary.dropDraft();
  go("");
}
