// What the page says, in the person's language; dates by the browser's own Intl.

let texts = {};
export let language = "en";
let region = "en-GB";
const REGIONS = { en: "en-GB", sv: "sv-SE" };

/** The first of the wanted languages that is known, if any. */
export const firstKnown = (wanted, known) =>
  wanted.map((tag) => tag.split(/[-_]/)[0].toLowerCase()).find((tag) => known.includes(tag));

/** Load the first language we have among those wanted. */
export async function speak(wanted, known) {
  language = firstKnown(wanted, known) ?? known[0];
  region = wanted.find((tag) => tag.length > 2 && tag.toLowerCase().startsWith(language)) ?? REGIONS[language] ?? language;
  texts = await (await fetch(`/app/texts/${language}.json`)).json();
  document.documentElement.lang = language;
  document.documentElement.dir = ["ar", "fa", "he", "ur"].includes(language) ? "rtl" : "ltr";
}

/** The text under a key, with {names} filled in. A key without a text shows its last part, so nothing is empty. */
export function t(key, values = {}) {
  const text = texts[key] ?? key.slice(key.lastIndexOf(".") + 1).replaceAll("_", " ");
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const known = (key) => key in texts;

const format = (options) => (date) => new Intl.DateTimeFormat(region, options).format(date);
/** The year is said unless it is this one. */
const dayFormat = (options) => {
  const [near, far] = [format(options), format({ ...options, year: "numeric" })];
  return (date) => (date.getFullYear() === new Date().getFullYear() ? near : far)(date);
};
export const shortDay = dayFormat({ day: "numeric", month: "short" });
export const longDay = dayFormat({ weekday: "long", day: "numeric", month: "long" });
const month = format({ month: "long", year: "numeric" });
const clock = format({ hour: "2-digit", minute: "2-digit" });
export const dayAndTime = (date) => `${longDay(date)} ${clock(date)}`;
export const timeOfDay = clock;

const nameOfDay = (date) => new Intl.DateTimeFormat(region, { weekday: "long", timeZone: "UTC" }).format(date);
/** Of an ISO weekday, 1 = Monday. */
export const weekday = (number) => nameOfDay(new Date(Date.UTC(2024, 0, number)));

/** A partial date in words: "November 2026", "Friday 20 November", "Friday 20 November 14:30". */
export function dateWords(text, partOfDay) {
  if (typeof text !== "string" || text === "unknown") return t("time.unknown");
  if (text.includes("/")) {
    const [from, to] = text.split("/");
    if (from === "..") return t("time.before", { day: dateWords(to) });
    return to === ".." ? t("time.since", { day: dateWords(from) }) : t("time.between", { from: dateWords(from), to: dateWords(to) });
  }
  if (text.includes("W")) return t("time.week", { week: text.slice(6), year: text.slice(0, 4) });
  if (/^\d{4}$/.test(text)) return text;
  if (/^\d{4}-\d{2}$/.test(text)) return month(new Date(`${text}-01T12:00`));
  if (text.includes("T")) return dayAndTime(new Date(text));
  const day = longDay(new Date(`${text}T12:00`));
  return partOfDay ? `${day}, ${t(`part_of_day.${partOfDay}`)}` : day;
}

/** One place of a fracture: "Left thigh". */
export function placeWords({ bone, side }) {
  const name = t(`bone.${bone ?? "unknown"}`);
  return side === "left" || side === "right" ? t(`place.${side}`, { bone: name.toLowerCase() }) : name;
}
