// The questions nobody has to answer now, drawn from the protocol's form: a new question needs no new page.
import { chips, h, manyChips } from "../elements.js";
import { known, t } from "../words.js";

const ASKED_ELSEWHERE = ["occurred", "part_of_day", "sites", "symptom", "from", "to", "answer", "parent_id"];
const LONGEST_SCALE = 10;

const words = (field, code) => [code, known(`${field}.${code}`) ? t(`${field}.${code}`) : t(`code.${code}`)];

/** How each type of the protocol is asked; a `list` of several parts needs a screen of its own, as places.js is. */
const ASK = {
  code: (legend, name, field, data, choose) =>
    chips(legend, field.codes.map((code) => words(name, code)), data[name], (value) => choose(name, value)),
  codes: (legend, name, field, data, choose) =>
    manyChips(legend, field.codes.map((code) => words(name, code)), data[name], (value) => choose(name, value)),
  boolean: (legend, name, _field, data, choose) =>
    chips(legend, [[true, t("yes")], [false, t("no")]], data[name], (value) => choose(name, value)),
  integer(legend, name, field, data, choose) {
    if (field.max - field.min <= LONGEST_SCALE) {
      const scale = Array.from({ length: field.max - field.min + 1 }, (_, step) => field.min + step);
      return chips(legend, scale.map((value) => [value, String(value)]), data[name], (value) => choose(name, value));
    }
    return line(legend, { type: "number", step: 1, min: field.min, max: field.max, value: data[name] ?? "",
      oninput: ({ target }) => choose(name, Number.isSafeInteger(target.valueAsNumber) ? target.valueAsNumber : null) });
  },
  date: (legend, name, _field, data, choose) =>
    line(legend, { type: "date", value: data[name] ?? "", oninput: ({ target }) => choose(name, target.value || null) }),
  text: (legend, name, field, data, choose) => h("label", { class: "text" }, legend, h("textarea", {
    rows: 3, maxlength: field.max, value: data[name] ?? "",
    oninput: ({ target }) => choose(name, target.value.trim() || null),
  })),
};
ASK.partial_date = ASK.date;

const line = (legend, properties) => h("label", { class: "text" }, legend, h("input", properties));

/** `choose` hears (field, value); null clears it. */
export function more(form, data, choose) {
  return Object.entries(form?.field ?? {}).filter(([name]) => !ASKED_ELSEWHERE.includes(name))
    .map(([name, field]) => ASK[field.type]?.(t(`field.${name}`), name, field, data, choose));
}
