// Partial dates in the phone's own time, and weeks; the same rules as models/partial_dates.py and diary/occurrence.py.

const two = (number) => String(number).padStart(2, "0");
export const dayOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
export const minuteOf = (date) => `${dayOf(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
export const monthOf = (date) => dayOf(date).slice(0, 7);

export function daysBefore(date, days) {
  const earlier = new Date(date);
  earlier.setDate(earlier.getDate() - days);
  return earlier;
}

const PARTS = { night: [0, 6], morning: [6, 11], midday: [11, 14], afternoon: [14, 18], evening: [18, 24] };
const MINUTE = 60000;
const DAY = 1440 * MINUTE;

/** A local time in the hour that the clocks repeat, or skip, can be read as two instants (ms). */
function readings(...parts) {
  const asIfUtc = new Date(0);
  asIfUtc.setUTCFullYear(parts[0], parts[1], parts[2]);
  asIfUtc.setUTCHours(parts[3] ?? 0, parts[4] ?? 0);
  const plain = asIfUtc.getTime();
  const ahead = (at) => -new Date(at).getTimezoneOffset() * MINUTE;
  const both = [ahead(plain - DAY), ahead(plain + DAY)].map((offset) => plain - offset);
  const real = both.filter((at) => at + ahead(at) === plain);
  return real.length ? real : both;
}

/** From the first moment of one local time to the last before the other. */
const between = (start, end) => [Math.min(...readings(...start)), Math.max(...readings(...end)) - 1];

function week(text) {
  const found = /^(\d{4})-W(\d{2})$/.exec(text);
  if (!found) return null;
  const [year, number] = found.slice(1).map(Number);
  const fourth = new Date(Date.UTC(year, 0, 4));  // the 4th of January always lies in week 1
  const monday = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() || 7) - 1)) * DAY);
  const thursday = new Date(monday.getTime() + 3 * DAY);
  if (number < 1 || thursday.getUTCFullYear() !== year) return null;
  const day = [monday.getUTCFullYear(), monday.getUTCMonth(), monday.getUTCDate()];
  return between(day, [day[0], day[1], day[2] + 7]);
}

function point(text, partOfDay) {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}))?)?)?$/.exec(text);
  if (!found) return week(text);
  const [year, month, day, hour, minute] = found.slice(1).map((part) => (part === undefined ? null : Number(part)));
  const days = new Date(Date.UTC(2000 + (year % 400), month ?? 1, 0)).getUTCDate();
  if (!year || month === 0 || month > 12 || day === 0 || day > days || hour > 23 || minute > 59) return null;
  if (hour !== null) return between([year, month - 1, day, hour, minute], [year, month - 1, day, hour, minute + 1]);
  if (day !== null && PARTS[partOfDay]) {
    const [first, last] = PARTS[partOfDay];
    return between([year, month - 1, day, first], [year, month - 1, day, last]);
  }
  if (day !== null) return between([year, month - 1, day], [year, month - 1, day + 1]);
  if (month !== null) return between([year, month - 1, 1], [year, month, 1]);
  return between([year, 0, 1], [year + 1, 0, 1]);
}

/**
 * What a partial date says by itself: [earliest, latest] in ms, null for an end it leaves open; null when it is none.
 * 2026, 2026-11, 2026-11-20, 2026-11-20T14:30, 2026-W47, A/B of two of them, ../B, A/.., unknown. The server's rule.
 */
export function told(text, partOfDay) {
  if (typeof text !== "string") return null;
  if (text === "unknown") return [null, null];
  if (!text.includes("/")) return point(text, partOfDay);
  const ends = text.split("/");
  const open = ends.map((end) => end === "..");
  const [start, end] = ends.map((one, index) => (open[index] ? null : point(one)));
  if (ends.length !== 2 || (open[0] && open[1]) || (!start && !open[0]) || (!end && !open[1])) return null;
  if (start && end) return [Math.min(start[0], end[0]), Math.max(start[1], end[1])];
  return [start?.[0] ?? null, end?.[1] ?? null];
}

/** Earliest and latest instant (ms); null for what is no partial date or leaves an end open. */
export function span(text, partOfDay) {
  const found = told(text, partOfDay);
  return found && found[0] !== null && found[1] !== null ? found : null;
}

/** How exactly it was told. */
export function precision(text, partOfDay) {
  if (told(text) === null || text === "unknown") return "unknown";
  if (text.includes("/") || text.includes("W")) return "range";
  if (text.length === 10 && PARTS[partOfDay]) return "part_of_day";
  return { 4: "year", 7: "month", 10: "day" }[text.length] ?? "minute";
}

/** Of an answer among others: a part of the day belongs to `occurred` only. */
export const toldIn = (data, field) => told(data[field], field === "occurred" ? data.part_of_day : null);

const BEFORE_BIRTH = ["prenatal", "present_at_birth"];
export const isBeforeBirth = (data) => BEFORE_BIRTH.includes(data.epoch);
const birthOf = ({ birth_month: month }) => (month ? told(month.slice(0, 7)) : null);
export const endOfBirthMonth = (known) => birthOf(known)?.[1] ?? null;

function birthOrConception(known, data) {
  const born = birthOf(known)?.[0] ?? null;
  if (born === null || !isBeforeBirth(data)) return born;
  if (known.gestational_days != null) return born - known.gestational_days * DAY;
  const [year, month] = known.birth_month.split("-").map(Number);
  return Math.min(...readings(year, month - 11, 1));  // ten months before
}

/** Birth; for what happened before it, conception; without a birth, the enrolment. */
export const firstPossible = (known, data) => birthOrConception(known, data)
  ?? (known.enrolled_at ? new Date(known.enrolled_at).getTime() : known.told_at ?? known.now);

const CLOCKS_DIFFER = 5 * MINUTE;

/**
 * When it happened, or which days it tells of: earliest and latest (ms), always both; null only for a form that asks
 * neither. `known`: now (of this writing), told_at (of the first, if earlier), birth_month, gestational_days,
 * enrolled_at. The server's rule.
 */
export function occurredSpan(form, data, known) {
  if (form?.field.occurred || "occurred" in data) return momentOf(data, known);
  return form?.field.from || "from" in data ? stretchOf(form, data, known) : null;
}

function momentOf(data, known) {
  const [start, end] = toldIn(data, "occurred") ?? [null, null];
  const [noticed, toldAt] = [toldIn(data, "noticed_on")?.[1] ?? null, known.told_at ?? known.now];
  let latest = end ?? noticed ?? toldAt;
  for (const bound of [noticed, toldAt + CLOCKS_DIFFER, isBeforeBirth(data) ? endOfBirthMonth(known) : null]) {
    if (bound !== null && (start === null || start <= bound)) latest = Math.min(latest, bound);
  }
  if (start === null) return [Math.min(firstPossible(known, data), latest), latest];
  const born = birthOrConception(known, data);
  const earliest = born !== null && born <= latest ? Math.max(start, born) : start;
  return [earliest, Math.max(earliest, latest)];
}

function stretchOf(form, data, known) {
  const [first, last] = [toldIn(data, "from") ?? [null, null], toldIn(data, "to") ?? [null, null]];
  const earliest = first[0] ?? firstPossible(known, data);
  let latest = last[1] ?? known.now;
  const attestsDays = form?.field.to?.type === "date";
  if (!attestsDays && (last[0] ?? earliest) <= known.now + CLOCKS_DIFFER) latest = Math.min(latest, known.now + CLOCKS_DIFFER);
  return [Math.min(earliest, latest), Math.max(earliest, latest)];
}

/** The last whole week to attest: it ends on the protocol's weekday (ISO, 7 = Sunday), today at the latest. */
export function lastWeek(rule, now) {
  const behind = ((now.getDay() || 7) - rule.weekday + 7) % 7;
  const end = daysBefore(now, behind);
  return { from: dayOf(daysBefore(end, rule.every_days - 1)), to: dayOf(end) };
}

/** The phone's clock with its offset (RFC 3339). */
export function withOffset(date) {
  const ahead = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + ahead * 60000).toISOString().slice(0, 19);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
