// The questions nobody has to answer now, drawn from the protocol's form: a new question needs no new page.
import { button, chips, h, manyChips } from "../elements.js";
import { makesSense } from "../groups.js";
import { known, placeWords, t } from "../words.js";
import { places } from "./places.js";
import { whenever } from "./whenever.js";

const LONGEST_SCALE = 10, LONGEST_LINE = 200;

const words = (field, code) => [code, known(`${field}.${code}`) ? t(`${field}.${code}`) : t(`code.${code}`)];
const line = (legend, properties) => h("label", { class: "text" }, legend, h("input", properties));
const number = (legend, field, value, step, choose) => line(legend, {
  type: "number", step, min: field.min, max: field.max, value: value ?? "", inputmode: step === 1 ? "numeric" : "decimal",
  oninput: ({ target }) => choose(Number.isFinite(target.valueAsNumber) && (step !== 1 || Number.isSafeInteger(target.valueAsNumber))
    ? target.valueAsNumber : null),
});

/** How each type of the protocol is asked: (legend, name, field, data, choose), where `choose` hears (name, value). */
const ASK = {
  code: (legend, name, field, data, choose) =>
    chips(legend, field.codes.map((code) => words(name, code)), data[name], (value) => choose(name, value)),
  codes: (legend, name, field, data, choose) =>
    manyChips(legend, field.codes.map((code) => words(name, code)), data[name], (value) => choose(name, value)),
  boolean: (legend, name, _field, data, choose) =>
    chips(legend, [[true, t("yes")], [false, t("no")]], data[name], (value) => choose(name, value)),
  integer(legend, name, field, data, choose) {
    if (field.max - field.min > LONGEST_SCALE) return number(legend, field, data[name], 1, (value) => choose(name, value));
    const scale = Array.from({ length: field.max - field.min + 1 }, (_, step) => field.min + step);
    return chips(legend, scale.map((value) => [value, String(value)]), data[name], (value) => choose(name, value));
  },
  number: (legend, name, field, data, choose) => number(legend, field, data[name], "any", (value) => choose(name, value)),
  date: (legend, name, _field, data, choose) =>
    line(legend, { type: "date", value: data[name] ?? "", oninput: ({ target }) => choose(name, target.value || null) }),
  partial_date: (legend, name, _field, data, choose) => whenever(legend, { value: data[name], part: name === "occurred" ? data.part_of_day : null },
    (text, part, noticed) => {
      choose(name, text);
      if (name !== "occurred") return;
      choose("part_of_day", part);
      if (noticed !== undefined) choose("noticed_on", noticed);
    }, { withParts: name === "occurred" && "part_of_day" in data.asked, foundLater: name === "occurred" && "noticed_on" in data.asked,
      ahead: name === "to" || name.endsWith("_to") }),
  text(legend, name, field, data, choose) {
    const properties = { maxlength: field.max, value: data[name] ?? "", oninput: ({ target }) => choose(name, target.value.trim() || null) };
    const isLine = field.max <= LONGEST_LINE;
    return h("label", { class: "text" }, legend, h(isLine ? "input" : "textarea", { ...(isLine ? { type: "text" } : { rows: 3 }), ...properties }));
  },
  list: (legend, name, field, data, choose) => (name === "sites" ? sites : list)(legend, name, field, data, choose),
};

/** The bones first; then, bone by bone, what is special about it. */
function sites(_legend, name, field, data, choose) {
  const each = h("div", {});
  let now = data[name] ?? [];
  const draw = () => each.replaceChildren(...now.map((site, place) => {
    const set = (part, value) => {
      now = now.map((other, index) => (index === place ? withPart(other, part, value) : other));
      choose(name, now);
    };
    const parts = without(field.item, ["bone", "side"]);
    return Object.keys(parts).length ? h("details", { class: "card" }, h("summary", {}, t("place.about", { place: placeWords(site) })),
      questions({ field: parts }, site, set, { kind: data.kind, checks: data.checks, within: name })) : "";
  }));
  draw();
  return [places({ field: { sites: field } }, now, (chosen) => {
    now = chosen;
    choose(name, now.length ? now : null);
    draw();
  }), each];
}

const without = (parts, names) => Object.fromEntries(Object.entries(parts).filter(([name]) => !names.includes(name)));

function withPart(item, part, value) {
  const { [part]: _, ...rest } = item;
  return value === null ? rest : { ...rest, [part]: value };
}

/** Any other list: as many as there are, one below the other, and a button for one more. */
function list(legend, name, field, data, choose) {
  if (field.item.id) return null;  // photos have a screen of their own
  const rows = h("div", {});
  let now = [...(data[name] ?? [])];
  const tell = () => choose(name, now.some((item) => Object.keys(item).length) ? now.filter((item) => Object.keys(item).length) : null);
  const draw = () => rows.replaceChildren(...now.map((item, place) => h("section", { class: "card" },
    questions({ field: field.item }, item, (part, value) => {
      now[place] = withPart(now[place], part, value);
      tell();
    }, { kind: data.kind, checks: data.checks, within: name }),
    button(t("more.remove"), () => { now.splice(place, 1); tell(); draw(); }, { class: "plain" }))));
  draw();
  return h("fieldset", {}, h("legend", {}, legend), rows,
    button(t("more.add"), () => { if (now.length < (field.max ?? 20)) { now.push({}); draw(); } }));
}

/**
 * Questions of a form, each shown while it makes sense. `choose` hears (field, value); null clears it. `about`: {kind,
 * checks, only: the fields to ask, within: the list they are items of}.
 */
export function questions(form, data, choose, { kind, checks, only, within } = {}) {
  const now = { ...data };
  const shown = [];
  const look = () => shown.forEach(([path, place]) => { place.hidden = !makesSense(checks, kind, path, now); });
  const set = (name, value) => {
    now[name] = value;
    choose(name, value);
    look();
  };
  for (const name of only ?? Object.keys(form?.field ?? {})) {
    const field = form.field[name];
    const legend = t(within ? `field.${within}_${name}` : `field.${name}`);
    const asked = field && ASK[field.type]?.(legend, name, field, { ...now, asked: form.field, kind, checks }, set);
    if (asked) shown.push([within ? `${within}/${name}` : name, h("div", {}, asked)]);
  }
  look();
  return shown.map(([, place]) => place);
}
