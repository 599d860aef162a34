// When it happened: chips for the usual answers, a date for the others. Left alone, it is now.
import { dayOf, daysBefore, minuteOf, monthOf } from "../dates.js";
import { chips, h } from "../elements.js";
import { dateWords, t } from "../words.js";

export const justNow = () => minuteOf(new Date());

/** `choose` hears {occurred, part_of_day}; `data` holds what was answered before, if anything. */
export function moments(data, choose) {
  const now = new Date();
  const answers = {
    now: () => ({ occurred: justNow(), part_of_day: null }),
    morning: () => ({ occurred: dayOf(now), part_of_day: now.getHours() < 6 ? "night" : "morning" }),
    yesterday: () => ({ occurred: dayOf(daysBefore(now, 1)), part_of_day: null }),
    not_sure: () => ({ occurred: monthOf(now), part_of_day: null }),
  };
  const another = h("label", { hidden: true }, t("time.which_day"), h("input", {
    type: "date", max: dayOf(now), onchange: ({ target }) => {
      if (target.value) choose({ occurred: target.value, part_of_day: null });
    },
  }));
  const keep = data.occurred ? [["kept", dateWords(data.occurred, data.part_of_day)]] : [];
  const before = { occurred: data.occurred, part_of_day: data.part_of_day ?? null };
  const words = (code) => t(code === "morning" && now.getHours() < 6 ? "time.night" : `time.${code}`);
  const choices = [...keep, ...Object.keys(answers).map((code) => [code, words(code)]), ["another", t("time.another")]];
  return h("div", {}, chips(t("time.when"), choices, data.occurred ? "kept" : "now", (code) => {
    another.hidden = code !== "another";
    another.querySelector("input").required = !another.hidden;
    if (code === "another") another.querySelector("input").focus();
    else choose(code === "kept" ? before : (answers[code] ?? answers.now)());
  }), another);
}
