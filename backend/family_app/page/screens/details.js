// One entry in words: what was written, where it stands, and the ways to correct it or to take it back.
import { ask } from "../answers.js";
import { standing } from "../diary.js";
import { button, chips, go, h, say } from "../elements.js";
import { groupsOf } from "../groups.js";
import { totalOf } from "../pain.js";
import { sendNow, state } from "../state.js";
import { dateWords, dayAndTime, known, placeWords, t } from "../words.js";
import { photosSeen } from "./photo_list.js";
import { privateNote } from "./private_note.js";
import { safetyOf } from "./safety.js";
import { titleOf, whenOf } from "./titles.js";

const REASONS = ["entered_in_error", "entered_twice", "other"];

export async function show(id) {
  const entry = await state.diary.entry(id);
  if (!entry) return h("p", {}, t("details.gone"));
  const where = standing(entry);
  const earlier = h("div", {});
  return h("article", {},
    h("h1", {}, titleOf(entry)),
    h("p", {}, whenOf(entry)),
    h("p", { class: `standing ${where}` }, t(`standing.${where}`), entry.refused ? `. ${t(`details.${where}`)}` : ""),
    entry.deleted ? null : await safetyOf(entry),
    h("dl", {}, answers(entry)),
    totalOf(entry.data) === null ? null : h("p", { class: "notice" }, t("pain.total", { number: totalOf(entry.data) })),
    await photosSeen(entry),
    entry.relation ? h("p", { class: "quiet" },
      t(entry.source === "site_interview" ? "details.told_to_team" : "details.written_by",
        { who: t(`relation.${entry.relation}`) })) : null,
    where === "conflict" ? h("a", { href: `#/conflict/${id}`, class: "button" }, t("conflict.look")) : null,
    entry.deleted || state.participant?.state === "withdrawn" ? null : h("div", { class: "thumb" },
      button(t("details.correct"), () => go(`write/entry/${id}`), { class: "main" }),
      hasGroups(entry) ? button(t("details.add"), () => go(`add/${id}`)) : null,
      entry.kind === "fracture" && state.protocol?.forms.follow_up ? button(t("details.how_is_it"), () => go(`write/follow_up/${id}`)) : null,
      h("details", {}, h("summary", {}, t("details.retract")), retraction(entry))),
    entry.version ? button(t("details.earlier"), () => history_(entry, earlier), { class: "plain" }) : null,
    earlier,
    privateNote(entry));
}

const hasGroups = ({ kind }) => groupsOf(kind, state.protocol?.forms[kind]).length > 1;

const SHOWN_ELSEWHERE = ["parent_id", "part_of_day", "attachments"];

export function answers(entry, data = entry.data) {
  const shown = Object.entries(data).filter(([name, value]) => value !== null && !SHOWN_ELSEWHERE.includes(name));
  return shown.map(([name, value]) => [h("dt", {}, t(`field.${name}`)), h("dd", {}, valueWords(name, value, data))]);
}

export function valueWords(name, value, data = {}) {
  if (name === "occurred") return dateWords(value, data.part_of_day);
  if (isDay(name, value)) return dateWords(value);
  if (name === "sites" && Array.isArray(value)) return value.map(siteWords).join(", ");
  if (name === "drug_name" || name === "mechanism_text" || name === "imaging_where") return String(value);
  if (typeof value === "number" && known(`flacc.${name}.${value}`)) return t(`flacc.${name}.${value}`);
  if (Array.isArray(value) && typeof value[0] === "object") return value.map(partsWords).join("; ");
  if (Array.isArray(value)) return value.map((each) => valueWords(name, each)).join(", ");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string" && name !== "note") return known(`${name}.${value}`) ? t(`${name}.${value}`) : t(`code.${value}`);
  return String(value ?? "–");
}

/** A day, by what the form says the question is; without the form, by what it looks like. */
const isDay = (name, value) => ["partial_date", "date"].includes(typeOf(name))
  || (typeof value === "string" && /^(\.\.\/)?\d{4}-\d{2}-\d{2}/.test(value));
const typeOf = (name) => Object.values(state.protocol?.forms ?? {}).find(({ field }) => field[name])?.field[name].type;

/** "Left thigh (shaft, straight)". */
function siteWords(site) {
  const { bone: _, side: __, ...parts } = site;
  return Object.keys(parts).length ? `${placeWords(site)} (${partsWords(parts)})` : placeWords(site);
}

/** What is told of one bone or one medicine. */
const partsWords = (parts) => Object.entries(parts).filter(([, value]) => value !== null)
  .map(([name, value]) => (name === "name" || name === "level" ? String(value) : valueWords(name, value, parts))).join(", ");

function retraction(entry) {
  let reason = REASONS[0];
  return [
    chips(t("write.reason"), REASONS.map((code) => [code, t(`reason.${code}`)]), reason, (code) => { reason = code ?? "other"; }),
    button(t("details.retract_now"), async () => {
      await state.diary.write(entry.participant_id, { id: entry.id, op: "delete", kind: entry.kind, reason });
      say(t("details.retracted"));
      go("");
      sendNow().catch(() => {});
    }),
  ];
}

/** Every version ever written; the server keeps them, so this needs the network. */
async function history_(entry, place) {
  place.replaceChildren(h("p", { class: "quiet" }, t("wait")));
  const found = await ask("GET", `/participants/${entry.participant_id}/entries/${entry.id}/revisions`).catch(() => null);
  const versions = (found?.items ?? found ?? []).filter(({ version }) => version !== null);
  place.replaceChildren(found === null ? h("p", {}, t("details.needs_network")) : h("ol", { class: "versions" },
    versions.map((each) => h("li", {}, h("p", { class: "quiet" }, dayAndTime(new Date(each.received_at)),
      each.relation ? ` · ${t(`relation.${each.relation}`)}` : "", each.reason ? ` · ${t(`reason.${each.reason}`)}` : ""),
    h("dl", {}, answers(entry, each.data))))));
}
