// Where it is: a list of bones, left and right as the child's own, in the order of the protocol's codes.
import { button, h } from "../elements.js";
import { placeWords, t } from "../words.js";

const FIRST = ["femur", "tibia", "humerus", "radius", "ulna", "clavicle", "rib", "foot", "hand"];
const IN_THE_MIDDLE = ["vertebra", "skull", "face", "jaw", "sternum", "pelvis"];
const ASK_NOTHING = ["other", "unknown"];

/** A chooser of places; `choose` hears the whole list after each tap. */
export function places(form, chosen, choose) {
  const codes = form?.field.sites.item.bone.codes ?? [...FIRST, ...IN_THE_MIDDLE, ...ASK_NOTHING];
  let now = [...(chosen ?? [])];
  const said = h("p", { class: "said-place", "aria-live": "polite" });
  const tell = () => said.replaceChildren(now.length
    ? `${now.map(placeWords).join(", ")} – ${t("place.own")}` : t("place.none"));
  const place = (bone, side) => {
    const same = (other) => other.bone === bone && other.side === side;
    const words = side === "left" || side === "right" ? t(`side.${side}`) : t(`bone.${bone}`);
    const chip = button(words, () => {
      now = now.some(same) ? now.filter((other) => !same(other)) : [...now, { bone, side }];
      chip.setAttribute("aria-pressed", String(now.some(same)));
      tell();
      choose(now);
    }, { class: "chip", "aria-pressed": String(now.some(same)), "aria-label": placeWords({ bone, side }) });
    return chip;
  };
  const pair = (bone) => h("li", {}, h("span", {}, t(`bone.${bone}`)), place(bone, "left"), place(bone, "right"));
  const sided = codes.filter((code) => !IN_THE_MIDDLE.includes(code) && !ASK_NOTHING.includes(code));
  const [first, more] = [FIRST.filter((code) => codes.includes(code)), sided.filter((code) => !FIRST.includes(code))];
  tell();
  return h("section", { class: "places" },
    h("p", { class: "quiet" }, t("place.hint")),
    h("ul", {}, first.map(pair)),
    h("div", { class: "chips" }, place("vertebra", "midline"), place("unknown", "unknown")),
    h("details", {}, h("summary", {}, t("place.more")), h("ul", {}, more.map(pair)), h("div", { class: "chips" },
      [...IN_THE_MIDDLE.slice(1), "other"].filter((code) => codes.includes(code))
        .map((code) => place(code, code === "other" ? "unknown" : "midline")))),
    said);
}
