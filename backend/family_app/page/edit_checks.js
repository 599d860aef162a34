// The protocol's edit checks, as published by GET /api/v1/protocol: the same rules that the server runs.
import { endOfBirthMonth, firstPossible, isBeforeBirth, occurredSpan, toldIn } from "./dates.js";
import { isSameScale, scaleOn } from "./pain.js";

const MINUTE = 60000;
const DAY = 1440 * MINUTE;
const nameOf = (path) => (path ?? "").split("/").at(-1);
const of = (data, path) => data[nameOf(path)];
const isAnswered = (value) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length);
const time = (data, path) => toldIn(data, nameOf(path));

/** Whether `than` is one of `codes`, or answered at all where none are named. */
function holds({ than, codes }, data) {
  const value = of(data, than);
  return codes?.length ? [value].flat().some((one) => codes.includes(one)) : isAnswered(value);
}

const partsTold = (rule, data) => rule.parts.map((part) => data[part]).filter(isAnswered);

function isSame([first, ...others], one, other) {
  if (!isAnswered(one[first]) || one[first] !== other[first]) return false;
  return others.every((part) => one[part] === other[part] || !isAnswered(one[part]) || !isAnswered(other[part]));
}

/** The first day, and each later one on which the participant is a year older. */
function daysThatMatter([first, last], birthMonth) {
  const [year, month] = birthMonth.split("-").map(Number);
  const days = [new Date(first)];
  for (let each = days[0].getFullYear(); each <= new Date(last).getFullYear(); each += 1) {
    const birthday = new Date(each, month - 1, 1);
    if (each >= year && birthday > days[0] && birthday <= last) days.push(birthday);
  }
  return days;
}

const TESTS = {
  required: (rule, data) => isAnswered(of(data, rule.field)),
  not_after(rule, data, known) {
    const start = time(data, rule.field)?.[0] ?? null;
    return start === null || start <= known.now + (rule.tolerance_minutes ?? 0) * MINUTE;
  },
  not_before(rule, data, known) {
    const end = time(data, rule.field)?.[1] ?? null;
    return end === null || !known.birth_month || end >= firstPossible(known, data);
  },
  not_after_birth(rule, data, known) {
    const [start, born] = [time(data, rule.field)?.[0] ?? null, endOfBirthMonth(known)];
    return start === null || born === null || !isBeforeBirth(data) || start <= born;
  },
  not_before_parent(rule, data, known) {
    const end = time(data, rule.field)?.[1] ?? null;
    return end === null || known.parent_from == null || end >= known.parent_from;
  },
  in_order(rule, data) {
    const [start, end] = [time(data, rule.field)?.[0] ?? null, time(data, rule.than)?.[1] ?? null];
    return start === null || end === null || start <= end;
  },
  within_days(rule, data) {
    const [start, end] = [time(data, rule.field)?.[0] ?? null, time(data, rule.than)?.[1] ?? null];
    return start === null || end === null || end - start <= ((rule.days ?? 0) + 1) * DAY;
  },
  only_with: (rule, data) => !isAnswered(of(data, rule.field)) || holds(rule, data),
  not_with: (rule, data) => !isAnswered(of(data, rule.field)) || !holds(rule, data),
  one_of_with(rule, data) {
    const value = of(data, rule.field);
    return !isAnswered(value) || !holds(rule, data) || rule.allowed.includes(value);
  },
  no_repeat(rule, data) {
    const items = data[rule.field] ?? [];
    return !items.some((one, index) => items.slice(index + 1).some((other) => isSame(rule.parts, one, other)));
  },
  parts_told(rule, data) {
    return !isAnswered(of(data, rule.field)) || !holds(rule, data) || partsTold(rule, data).length === rule.parts.length;
  },
  all_or_none: (rule, data) => !holds(rule, data) || [0, rule.parts.length].includes(partsTold(rule, data).length),
  sum_of(rule, data) {
    const [value, parts] = [of(data, rule.field), partsTold(rule, data)];
    if (!isAnswered(value) || !holds(rule, data) || parts.length < rule.parts.length) return true;
    return parts.reduce((sum, part) => sum + part, 0) === value;
  },
  multiple_of(rule, data) {
    const value = of(data, rule.field);
    return typeof value !== "number" || !holds(rule, data) || value % (rule.step || 1) === 0;
  },
  scale_fits_age(rule, data, known) {
    const value = of(data, rule.field);
    if (!isAnswered(value) || !known.birth_month) return true;
    const wanted = daysThatMatter(occurredSpan(known.forms?.pain, { occurred: "unknown", ...data }, known), known.birth_month)
      .map((day) => scaleOn(known.pain_scales ?? [], known, day));
    return wanted.some((one) => !one || isSameScale(one.scale, value));
  },
};

/** Of a list every item is looked at on its own. */
function fails(rule, data, known) {
  if (!TESTS[rule.test]) return false;
  if (!rule.field.includes("/")) return !TESTS[rule.test](rule, data, known);
  const items = data[rule.field.split("/")[0]];
  return Array.isArray(items) && items.some((item) => !TESTS[rule.test](rule, item, known));
}

/** Every rule that these answers fail, remarks too. */
export const failing = (rules, kind, data, known) => rules.filter((rule) => rule.kinds.includes(kind) && fails(rule, data, known));

/**
 * The rules about which the person is asked. A rule with a test this version does not know stays silent: the server
 * still runs it. So does the phone's clock (clock_within): nobody can mend that in an emergency ward. A remark is only
 * noted by the server beside the answer.
 */
export const remarks = (rules, kind, data, known) => failing(rules, kind, data, known)
  .filter(({ severity }) => severity !== "remark");
