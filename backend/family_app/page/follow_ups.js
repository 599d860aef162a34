// How a fracture's card comes back until the family says it healed: the same rule as models/follow_ups.py.
import { dayOf, occurredSpan } from "./dates.js";

const plus = (at, days) => {
  const later = new Date(at);
  later.setDate(later.getDate() + days);
  return dayOf(later);
};
const atOf = ({ received_at: at, made_at: made }) => new Date(at ?? made).getTime();
const isTold = ({ state, deleted }) => !deleted && !["retracted", "rejected", "duplicate"].includes(state);

/** Open cards of one participant's entries today: [{fracture, day, due_on, last_healed}], the longest due first. */
export function openCards(protocol, entries, about, now) {
  const rule = protocol?.follow_up;
  if (!rule) return [];
  const told = entries.filter(isTold);
  return told.filter(({ kind }) => kind === "fracture").map((fracture) => card(protocol, rule, fracture, told, about, now))
    .filter(Boolean).sort((a, b) => a.due_on.localeCompare(b.due_on) || a.fracture.id.localeCompare(b.fracture.id));
}

function card(protocol, rule, fracture, told, about, now) {
  const last = told.filter(({ kind, data }) => kind === "follow_up" && data.parent_id === fracture.id && typeof data.healed === "string")
    .sort((a, b) => atOf(a) - atOf(b) || a.id.localeCompare(b.id)).at(-1);
  const healed = last?.data.healed ?? null;
  if (rule.closed_by.includes(healed)) return null;
  const at = atOf(fracture);
  const happened = occurredSpan(protocol.forms.fracture, fracture.data, { ...about, now: at, told_at: at })[1];
  const due = rule.days.filter((day) => plus(happened, day) <= dayOf(now)).sort((a, b) => a - b).at(-1);
  if (due === undefined) return null;
  const dueOn = plus(happened, due);
  if (last && dayOf(new Date(atOf(last))) >= dueOn) return null;
  return { fracture, day: due, due_on: dueOn, last_healed: healed };
}
