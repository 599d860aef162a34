// One entry in words: what was written, where it stands, and the ways to correct it or to take it back.
import { ask } from "../answers.js";
import { standing } from "../diary.js";
import { button, chips, go, h, say } from "../elements.js";
import { sendNow, state } from "../state.js";
import { dateWords, dayAndTime, known, placeWords, t } from "../words.js";
import { titleOf, whenOf } from "./home.js";
import { privateNote } from "./private_note.js";

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
    h("dl", {}, answers(entry)),
    entry.relation ? h("p", { class: "quiet" },
      t(entry.source === "site_interview" ? "details.told_to_team" : "details.written_by",
        { who: t(`relation.${entry.relation}`) })) : null,
    where === "conflict" ? h("a", { href: `#/conflict/${id}`, class: "button" }, t("conflict.look")) : null,
    entry.deleted || state.participant?.state === "withdrawn" ? null : h("div", { class: "thumb" },
      button(t("details.correct"), () => go(`write/entry/${id}`), { class: "main" }),
      h("details", {}, h("summary", {}, t("details.retract")), retraction(entry))),
    entry.version ? button(t("details.earlier"), () => history_(entry, earlier), { class: "plain" }) : null,
    earlier,
    privateNote(entry));
}

export function answers(entry, data = entry.data) {
  const shown = Object.entries(data).filter(([name, value]) => value !== null && !["parent_id", "part_of_day"].includes(name));
  return shown.map(([name, value]) => [h("dt", {}, t(`field.${name}`)), h("dd", {}, valueWords(name, value, data))]);
}

export function valueWords(name, value, data = {}) {
  if (name === "occurred") return dateWords(value, data.part_of_day);
  if (["from", "to"].includes(name)) return dateWords(value);
  if (name === "sites" && Array.isArray(value)) return value.map(placeWords).join(", ");
  if (Array.isArray(value)) return value.map((each) => valueWords(name, each)).join(", ");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string" && name !== "note") return known(`${name}.${value}`) ? t(`${name}.${value}`) : t(`code.${value}`);
  return String(value ?? "–");
}

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
