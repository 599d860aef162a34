// A day that may be known only in part: exactly, with the part of the day or the time, between two days, only the month or
// the year, or not at all. Found later: it lies before the day on which it was noticed.
import { dayOf } from "../dates.js";
import { chips, h } from "../elements.js";
import { dateWords, t } from "../words.js";

const PARTS = ["night", "morning", "midday", "afternoon", "evening"];
const HOW = ["day", "between", "found_later", "month", "year", "unknown"];

/** How the text was told, so that the same way is open when one comes back. */
function howOf(text) {
  if (typeof text !== "string") return null;
  if (text === "unknown") return "unknown";
  if (text.startsWith("../")) return "found_later";
  if (text.includes("/") || text.includes("W")) return "between";
  return { 4: "year", 7: "month" }[text.length] ?? "day";
}

const input = (label, properties, change) => h("label", { class: "text" }, label, h("input", {
  ...properties, onchange: ({ target }) => { if (target.validity.valid) change(target.value); },
}));

/**
 * `now`: {value, part}. `choose` hears (text or null, part of day or null, noticed day or undefined). `options`:
 * `withParts` asks the part of the day, `foundLater` offers that way, `ahead` allows days to come.
 */
export function whenever(legend, now, choose, { withParts = false, foundLater = false, ahead = false } = {}) {
  const fields = h("div", { class: "ways" });
  const max = ahead ? null : dayOf(new Date());
  const said = h("p", { class: "quiet", "aria-live": "polite" });
  const told = { text: now.value ?? null, part: now.part ?? null };
  const tell = (text, part = null, noticed = undefined) => {
    Object.assign(told, { text, part });
    said.replaceChildren(text ? dateWords(text, part) : "");
    choose(text, part, noticed);
  };
  const draw = (how, focus = true) => {
    fields.replaceChildren(...(WAYS[how]?.(told, tell, { max, withParts }) ?? []));
    if (focus) fields.querySelector("input")?.focus();
  };
  const open = howOf(told.text);
  const ways = HOW.filter((how) => how !== "found_later" || foundLater || open === how);
  const box = chips(legend, ways.map((how) => [how, t(`whenever.${how}`)]), open, (how) => {
    if (how === null || how === "unknown") tell(how);
    draw(how);
  });
  said.replaceChildren(told.text ? dateWords(told.text, told.part) : "");
  draw(open, false);
  box.append(fields, said);
  return box;
}

const WAYS = {
  day(told, tell, { max, withParts }) {
    const known = howOf(told.text) === "day" ? told.text : "";
    let [day, time] = [known.slice(0, 10), known.slice(11)];
    const part = told.part;
    if (!withParts) return [input(t("time.which_day"), { type: "date", max, value: day }, (value) => tell(value || null))];
    const both = () => tell(day ? (time ? `${day}T${time}` : day) : null, time ? null : told.part);
    return [
      input(t("time.which_day"), { type: "date", max, value: day }, (value) => { day = value; both(); }),
      chips(t("whenever.part"), PARTS.map((code) => [code, t(`part_of_day.${code}`)]), part, (code) => { told.part = code; time = ""; both(); }),
      input(t("whenever.time"), { type: "time", value: time }, (value) => { time = value; both(); }),
    ];
  },
  between(told, tell, { max }) {
    const ends = howOf(told.text) === "between" && told.text.includes("/") ? told.text.split("/") : ["", ""];
    const both = () => { if (ends[0] && ends[1]) tell([...ends].sort().join("/")); };
    return ["whenever.first", "whenever.last"].map((words, place) =>
      input(t(words), { type: "date", max, value: ends[place].slice(0, 10) }, (value) => { ends[place] = value; both(); }));
  },
  found_later(told, tell, { max }) {
    const day = howOf(told.text) === "found_later" ? told.text.slice(3) : "";
    return [input(t("whenever.noticed"), { type: "date", max, value: day.slice(0, 10) },
      (value) => tell(value ? `../${value}` : null, null, value || null))];
  },
  month(told, tell, { max }) {
    const value = howOf(told.text) === "month" ? told.text : "";
    return [input(t("whenever.which_month"), { type: "month", max: max?.slice(0, 7), value, placeholder: "2026-11", pattern: "\\d{4}-\\d{2}" },
      (month) => tell(month || null))];
  },
  year(told, tell, { max }) {
    const value = howOf(told.text) === "year" ? told.text : "";
    return [input(t("whenever.which_year"), { type: "number", min: 1900, max: max?.slice(0, 4) ?? 2200, step: 1, value },
      (year) => tell(year ? year.padStart(4, "0") : null))];
  },
};
