// Which pain scale at which age, and the total of an observed one: the same rules as models/pain.py.

const ITEMS = ["face", "legs", "activity_level", "cry", "consolability"];
const OBSERVED = ["FLACC", "r-FLACC"];

/** Completed years; who has a birthday in a month has it on its first day. */
export function ageOn(birthMonth, day) {
  const [year, month] = birthMonth.split("-").map(Number);
  return Math.max(0, day.getFullYear() - year - (day.getMonth() + 1 < month ? 1 : 0));
}

/** The protocol's rule for this participant ({birth_month, observer_rated}) on a day; undefined where it has none. */
export function scaleOn(rules, { birth_month: birthMonth, observer_rated: observed }, day) {
  if (!birthMonth) return undefined;
  if (observed) return rules.find((rule) => rule.if_observed);
  const age = ageOn(birthMonth, day);
  return rules.find((rule) => !rule.if_observed && (rule.from_age ?? 0) <= age && (rule.to_age == null || age < rule.to_age));
}

/** Faces that nobody has licensed are not shown: the own six steps stand in for FPS-R. */
export const shownAs = (scale, hasFaces) => (scale === "FPS-R" && !hasFaces ? "six_step" : scale);

export const isSameScale = (one, other) => one === other || [one, other].sort().join() === "FPS-R,six_step";

/** Null without all five items. */
export function totalOf(data) {
  const items = ITEMS.map((name) => data[name]);
  if (!OBSERVED.includes(data.scale) || !items.every(Number.isInteger)) return null;
  return items.reduce((sum, item) => sum + item, 0);
}
