// The scales themselves: what a carer sees in a small child, six steps or faces, and the numbers.
import { button, chips, h } from "../elements.js";
import { totalOf } from "../pain.js";
import { state } from "../state.js";
import { t } from "../words.js";

export const ITEMS = ["face", "legs", "activity_level", "cry", "consolability"];
const NOT_RATED = ["asleep", "unable"];
const SCORES = [0, 2, 4, 6, 8, 10];

/** The site's licensed faces as this phone keeps them: {score: Blob}; null where there are none. */
export async function facesKept() {
  const faces = state.config.faces ? await state.kept.get("faces") : null;
  return faces && SCORES.every((score) => faces[score]) ? faces : null;
}

/** Five things to look at; the total counts when all five are told. `choose` hears (name, value). */
export function observed({ data, scale }, choose) {
  const total = h("p", { class: "said-place", "aria-live": "polite" });
  const leg = h("p", { class: "quiet", hidden: true }, t("check.leg_item_confounded"));
  const look = () => {
    const sum = totalOf(data);
    total.replaceChildren(sum === null ? t("pain.total_open") : t("pain.total", { number: sum }));
    leg.hidden = !data.leg_hurt_or_in_cast;
  };
  const tell = (name, value) => { choose(name, value); look(); };
  look();
  return h("div", {}, h("p", { class: "quiet" }, t("pain.observe")),
    ITEMS.map((item) => chips(t(`field.${item}`), [0, 1, 2].map((step) => [step, t(`flacc.${item}.${step}`)]), data[item], (value) => {
      choose("scale", scale);
      choose("rated_by", "carer");
      choose("not_rated", null);
      tell(item, value);
    })), total,
    chips(t("field.leg_hurt_or_in_cast"), [[true, t("yes")], [false, t("no")]], data.leg_hurt_or_in_cast, (value) => tell("leg_hurt_or_in_cast", value)), leg,
    chips(t("field.not_rated"), NOT_RATED.map((code) => [code, t(`not_rated.${code}`)]), data.not_rated, (code) => tell("not_rated", code)));
}

/** Six faces, six steps of our own, or the numbers from 0 to 10. Faces and steps show no numbers. */
export function ownScale({ scale, faces, data }, choose) {
  if (scale === "NRS-11") return h("div", { class: "numbers" }, Array.from({ length: 11 }, (_, score) => pick(String(score), score, data, choose)));
  return h("div", { class: "steps" }, SCORES.map((score, place) => {
    const words = t("pain.step", { number: place + 1 });
    return pick(scale === "FPS-R" ? face(faces[score]) : h("span", { class: `dot dot-${place}` }), score, data, choose, words);
  }));
}

const pick = (content, score, data, choose, words) => button(content, () => choose(score),
  { class: "step", "aria-pressed": String(data.score === score), ...(words ? { "aria-label": words } : {}) });

function face(blob) {
  const url = URL.createObjectURL(blob);
  return h("img", { src: url, alt: "", onload: () => URL.revokeObjectURL(url) });
}
