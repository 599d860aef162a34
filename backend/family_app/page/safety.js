// Whether an entry may be urgent, as far as this phone can tell: the rules of backend/safety/rules.py, without a network.
// The server decides; where the phone does not know (infusions), it would rather say the sentence once too often.
import { occurredSpan } from "./dates.js";

const DAY = 86400000;
const FLACC = ["face", "legs", "activity_level", "cry", "consolability"];

/** The answers with the total of an observed scale, where all of its items are told. */
function withTotal(data) {
  const items = FLACC.map((name) => data[name]);
  return items.every(Number.isInteger) ? { ...data, score: items.reduce((sum, item) => sum + item, 0) } : data;
}

/** Every single answer that stands there: of a list each, of `sites/bone` that of each place. */
function answers(data, field) {
  const [name, item] = field.split("/");
  const all = [data[name]].flat().filter((one) => one !== null && one !== undefined);
  return item ? all.map((one) => one?.[item]).filter((one) => one !== null && one !== undefined) : all;
}

function holds({ field, is = [], at_least: least }, data) {
  const found = answers(data, field);
  if (least !== undefined && least !== null) return found.some((one) => typeof one === "number" && one >= least);
  return found.some((one) => is.includes(one));
}

const bones = (data) => answers(data, "sites").reduce((sum, { count }) => sum + (Number.isInteger(count) && count > 1 ? count : 1), 0);

function fires(trigger, entry, others, spanOf) {
  if (trigger.bones != null && bones(entry.data) < trigger.bones) return false;
  if (!(trigger.all ?? []).every((condition) => holds(condition, entry.data))) return false;
  if (trigger.episodes == null) return true;
  const [mine, most] = [spanOf(entry), (trigger.within_days ?? 0) * DAY];
  const near = others.map(spanOf).filter(([start, end]) => start - mine[1] <= most && mine[0] - end <= most);
  return near.length + 1 >= trigger.episodes;
}

/** `entries`: the diary on this phone; `about`: what state.js knows of the participant, `kind` included. */
export function mayBeUrgent(protocol, entry, entries, about) {
  const told = { ...entry, data: withTotal(entry.data) };
  const spanOf = ({ data, received_at: at, made_at: made }) => {
    const toldAt = new Date(at ?? made ?? about.now).getTime();
    return occurredSpan(protocol.forms.fracture, data, { ...about, now: toldAt, told_at: toldAt });
  };
  const others = entries.filter(({ id, kind, deleted, state }) => kind === "fracture" && id !== entry.id && !deleted
    && !["retracted", "rejected", "duplicate"].includes(state));
  return (protocol?.safety_rules ?? []).some((rule) => rule.kinds.includes(entry.kind)
    && (!rule.subjects || rule.subjects.includes(about.kind))
    && rule.trigger.some((trigger) => fires(trigger, told, others, spanOf))
    && !(rule.unless ?? []).some((condition) => holds(condition, told.data)));
}
