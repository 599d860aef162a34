// Partial dates (2026, 2026-11, 2026-11-20, 2026-11-20T14:30) in the phone's own time, and weeks.

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

/** Earliest and latest instant (ms) a partial date can mean; null when it is none. The server's rule, in local time. */
export function span(text, partOfDay) {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}))?)?)?$/.exec(text ?? "");
  if (!found) return null;
  const [year, month, day, hour, minute] = found.slice(1).map((part) => (part === undefined ? null : Number(part)));
  const at = (...parts) => new Date(...parts).getTime();
  if (hour !== null) return [at(year, month - 1, day, hour, minute), at(year, month - 1, day, hour, minute + 1) - 1];
  if (day !== null && PARTS[partOfDay]) {
    const [first, last] = PARTS[partOfDay];
    return [at(year, month - 1, day, first), at(year, month - 1, day, last) - 1];
  }
  if (day !== null) return [at(year, month - 1, day), at(year, month - 1, day + 1) - 1];
  if (month !== null) return [at(year, month - 1, 1), at(year, month, 1) - 1];
  return [at(year, 0, 1), at(year + 1, 0, 1) - 1];
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
