// A holiday: who is away is told only what is about safety or tomorrow; the other guardian is asked.
import { dayOf } from "../dates.js";
import { button, h } from "../elements.js";
import { longDay, t } from "../words.js";

export function holiday(wishes, save) {
  const place = h("section", { class: "card" });
  const draw = ([from, until]) => place.replaceChildren(h("h2", {}, t("holiday.title")),
    ...(from ? standing(from, until) : asking()));
  const standing = (from, until) => [
    h("p", {}, t("holiday.now", { from: longDay(new Date(`${from}T12:00`)), until: longDay(new Date(`${until}T12:00`)) })),
    button(t("holiday.over"), async () => {
      if (await save({ away_from: null, away_until: null })) draw([null, null]);
    })];
  const asking = () => {
    const [from, until] = ["from", "until"].map((name) => h("input", { id: `away_${name}`, type: "date", required: true, min: dayOf(new Date()) }));
    return [h("p", { class: "quiet" }, t("holiday.explained")), h("form", { onsubmit: async (event) => {
      event.preventDefault();
      if (await save({ away_from: from.value, away_until: until.value })) draw([from.value, until.value]);
    } }, h("label", { for: "away_from" }, t("holiday.from")), from, h("label", { for: "away_until" }, t("holiday.until")), until,
    h("p", {}, h("button", {}, t("holiday.save"))))];
  };
  const over = wishes.away_until && wishes.away_until < dayOf(new Date());
  draw(over ? [null, null] : [wishes.away_from, wishes.away_until]);
  return place;
}
