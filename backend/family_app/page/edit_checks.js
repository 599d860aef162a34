// The protocol's edit checks, as published by GET /api/v1/protocol: the same rules that the server runs.
import { span } from "./dates.js";

const MINUTE = 60000;
const DAY = 1440 * MINUTE;

const TESTS = {
  required: (rule, data) => ![undefined, null, ""].includes(data[rule.field]) && data[rule.field]?.length !== 0,
  not_after(rule, data, known) {
    const found = span(data[rule.field], data.part_of_day);
    return !found || found[0] <= known.now + (rule.tolerance_minutes ?? 0) * MINUTE;
  },
  not_before(rule, data, known) {
    const found = span(data[rule.field], data.part_of_day);
    const birth = span(known.birth_month);
    return !found || !birth || found[1] >= birth[0] - DAY;
  },
  in_order(rule, data) {
    const [first, last] = [span(data[rule.field]), span(data[rule.than])];
    return !first || !last || first[0] <= last[1];
  },
  within_days(rule, data) {
    const [first, last] = [span(data[rule.field]), span(data[rule.than])];
    return !first || !last || last[1] - first[0] <= ((rule.days ?? 0) + 1) * DAY;
  },
};

/**
 * The rules that remark on these answers. A rule with a test this version does not know stays silent:
 * the server still runs it. So does the phone's clock (clock_within): nobody can mend that in an emergency ward.
 */
export function remarks(rules, kind, data, known) {
  return rules.filter((rule) => rule.kinds.includes(kind) && TESTS[rule.test] && !TESTS[rule.test](rule, data, known));
}
