// Details of an entry, whenever there is time: one short group of questions per screen, each touch saved at once.
import { remarks } from "../edit_checks.js";
import { button, go, h, say } from "../elements.js";
import { groupsOf } from "../groups.js";
import { knownAbout, sendNow, state } from "../state.js";
import { newId } from "../store.js";
import { t } from "../words.js";
import { titleOf, whenOf } from "./titles.js";
import { questions } from "./more.js";
import { photoList } from "./photo_list.js";
import { safetyNotice, safetyOf } from "./safety.js";

let sitting = null, sittingOf = null;

/** Without a group: which there are, and what is told in each. */
export async function show(id, group) {
  const entry = await state.diary.entry(id);
  if (!entry) return h("p", {}, t("details.gone"));
  if (!state.protocol) return h("p", {}, t("problem.offline"));
  const groups = groupsOf(entry.kind, state.protocol.forms[entry.kind]);
  const place = groups.findIndex(([name]) => name === group);
  if (sittingOf !== id) [sitting, sittingOf] = [newId(), id];
  return place < 0 ? overview(entry, groups) : oneGroup(entry, groups, place);
}

async function overview(entry, groups) {
  const told = (names) => names.filter((name) => isTold(entry.data[name])).length;
  return h("div", { class: "write" }, h("h1", {}, t("add.title")), h("p", { class: "quiet" }, `${titleOf(entry)} · ${whenOf(entry)}`),
    await safetyOf(entry),
    h("ul", { class: "links" }, groups.map(([name, names]) => h("li", {}, h("a", { href: `#/add/${entry.id}/${name}` },
      h("span", {}, t(`group.${name}`)), h("small", { class: "standing" }, told(names) ? t("add.told", { count: told(names) }) : ""))))),
    h("div", { class: "thumb" }, button(t("add.done"), () => finish(), { class: "main" })));
}

const isTold = (value) => value !== undefined && value !== null && !(Array.isArray(value) && !value.length);

async function oneGroup(entry, groups, place) {
  const [name, names] = groups[place];
  const next = groups[place + 1]?.[0];
  const data = { ...entry.data };
  const found = h("div", { "aria-live": "polite" });
  const always = safetyNotice(entry.kind);
  const saved = h("p", { class: "quiet", "aria-live": "polite" }, t("add.each_touch"));
  const set = async (field, value) => {
    if (JSON.stringify(data[field] ?? null) === JSON.stringify(value ?? null)) return;
    if (value === null) delete data[field];
    else data[field] = value;
    try {
      await state.diary.amend(entry, { [field]: value }, sitting);
      saved.replaceChildren(t("saved"));
    } catch (failure) {
      say(t(failure?.name === "QuotaExceededError" ? "write.full" : "write.not_saved"));
    }
    const urgent = await safetyOf({ ...entry, data });
    found.replaceChildren(...await remarksOn(entry, data, names), urgent ?? "");
    always?.toggleAttribute("hidden", urgent !== null);
  };
  return h("div", { class: "write" }, h("h1", {}, t(`group.${name}`)), h("p", { class: "quiet" }, titleOf(entry)),
    name === "photos" ? await photoList(entry, set) : questions(state.protocol.forms[entry.kind], data, set,
      { kind: entry.kind, checks: state.protocol.edit_checks, only: names }),
    found, saved, always,
    h("div", { class: "thumb" },
      button(t(next ? "add.next" : "add.done"), () => (next ? go(`add/${entry.id}/${next}`) : finish()), { class: "main" }),
      next ? button(t("add.done"), () => finish()) : null));
}

/** What looks odd about these answers is said beside them; it is saved all the same, and the site sees it too. */
async function remarksOn(entry, data, names) {
  const rules = state.protocol.edit_checks.filter(({ field }) => names.includes(field.split("/")[0]));
  const about = await knownAbout(entry, data);
  return remarks(rules, entry.kind, data, about).map(({ code }) => h("p", { class: "card asked" }, t(`check.${code}`)));
}

function finish() {
  sittingOf = null;
  say(t("saved"));
  go("");
  sendNow().catch(() => {});
}
