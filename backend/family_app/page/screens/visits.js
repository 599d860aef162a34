// Visits: those to come with what to think of, then what has been. All of it is on this phone, also without a network.
import { dayOf } from "../dates.js";
import { h } from "../elements.js";
import { state } from "../state.js";
import { dayAndTime, longDay, shortDay, t } from "../words.js";

const noon = (day) => new Date(`${day}T12:00`);
const dayOfVisit = (visit) => (visit.agreed_at ? dayOf(new Date(visit.agreed_at)) : visit.target_on);

export async function show() {
  const all = (await state.kept.all("visits")).filter((visit) => visit.participant_id === state.participant.id)
    .sort((one, other) => (dayOfVisit(one) < dayOfVisit(other) ? -1 : 1));
  const [ahead, past] = [all.filter(isAhead), all.filter((visit) => !isAhead(visit)).reverse()];
  return h("div", {}, h("h1", {}, t("visits.title")),
    ahead.length ? ahead.map(visitCard) : h("p", { class: "quiet" }, t("visits.none")),
    past.length ? h("details", { class: "card" }, h("summary", {}, t("visits.past")),
      h("ul", { class: "rows" }, past.map(pastRow))) : null,
    h("a", { href: "#/calendar", class: "button wide" }, t("calendar.title")));
}

const isAhead = (visit) => visit.state === "planned";

/** From then on the first screen says what to think of. */
const NEAR_DAYS = 14;
export const isNear = (visit) => (noon(dayOfVisit(visit)) - Date.now()) / 86400000 <= NEAR_DAYS;

export const visitCard = (visit) => h("section", { class: "card" }, h("h2", {}, visitWords(visit)),
  elsewhere(visit), bringList(visit));

export function visitWords(visit) {
  if (visit.agreed_at) {
    return t("visit.agreed", { when: dayAndTime(new Date(visit.agreed_at)) });
  }
  if (!visit.opens_on || !visit.closes_on) return t("visit.around", { day: longDay(noon(visit.target_on)) });
  const [from, to] = [visit.opens_on, visit.closes_on].map((day) => shortDay(noon(day)));
  return t("visit.between", { from, to });
}

/** The time above is this phone's; on a journey it is not the site's. */
function elsewhere({ agreed_at: at, timezone }) {
  if (!at || timezone === Intl.DateTimeFormat().resolvedOptions().timeZone) return null;
  const there = (zone) => new Date(at).toLocaleString("sv-SE", { timeZone: zone });
  try {
    if (there(timezone) === there(undefined)) return null;
    return h("p", { class: "quiet" }, t("visit.local_time", { time: there(timezone).slice(11, 16) }));
  } catch { return null; }  // a zone this browser doesn't know
}

export const bringList = ({ bring }) => (bring?.length ? [h("p", {}, t("visit.bring")),
  h("ul", {}, bring.map((item) => h("li", {}, t(`bring.${item}`))))] : null);

function pastRow(visit) {
  const day = visit.state === "attended" && visit.attended_on ? visit.attended_on : dayOfVisit(visit);
  return h("li", {}, `${longDay(noon(day))} · ${t(`visit_state.${visit.state}`)}`);
}
