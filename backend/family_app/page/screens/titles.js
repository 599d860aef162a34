// What an entry is called in a list, and when it was.
import { dateWords, known, placeWords, shortDay, t } from "../words.js";

/** The question that names the entry, by kind. */
const NAMED_BY = { symptom: "symptom", medication: "drug", milestone: "milestone", surgery: "procedure", orthosis: "orthosis",
  physiotherapy: "therapy" };
const word = (field, code) => (known(`${field}.${code}`) ? t(`${field}.${code}`) : t(`code.${code}`));

export function titleOf({ data, kind }) {
  if (kind === "fracture") {
    return data.sites?.length ? t("title.fracture_at", { place: data.sites.map(placeWords).join(", ") }) : t("kind.fracture");
  }
  if (kind === "check_in") return t(`answer.${data.answer ?? "unknown"}`);
  if (kind === "follow_up") return data.healed ? `${t("kind.follow_up")} ${word("healed", data.healed)}` : t("kind.follow_up");
  if (kind === "growth") return measures(data) || t("kind.growth");
  const code = data[NAMED_BY[kind]];
  if (kind === "medication" && data.drug_name) return data.drug_name;
  return code ? word(NAMED_BY[kind], code) : t(`kind.${kind}`);
}

const measures = ({ length_cm: length, weight_kg: weight, head_circumference_cm: head }) => [
  length != null && `${length} cm`, weight != null && `${weight} kg`, head != null && t("title.head", { number: head }),
].filter(Boolean).join(" · ");

export function whenOf({ kind, data }) {
  if (kind === "check_in") return data.from && data.to ? weekWords(data) : "";
  if ("from" in data || "to" in data) return spanWords(data);
  return dateWords(data.occurred, data.part_of_day);
}

/** A time that may go on: "since November 2025", "November 2025 – March 2026". */
function spanWords({ from, to }) {
  if (!to) return t("title.since", { day: dateWords(from) });
  return t("title.from_to", { from: dateWords(from), to: dateWords(to) });
}

export const weekWords = ({ from, to }) => `${shortDay(new Date(`${from}T12:00`))} – ${shortDay(new Date(`${to}T12:00`))}`;
