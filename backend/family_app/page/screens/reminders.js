// Reminders: by what, when, when not, and a holiday. Each touch is saved at once; only what was touched is sent.
import { ask } from "../answers.js";
import { h, manyChips, say } from "../elements.js";
import { serverKey, standing, subscribe, unsubscribe } from "../push.js";
import { t, weekday } from "../words.js";
import { doing, fetched } from "./asking.js";
import { holiday } from "./holiday.js";
import { refusalWords } from "./sign_in.js";

const CHANNELS = ["push", "email", "sms"];
const KINDS = ["check_in_due", "visit_ahead", "visit_changed", "query_waiting", "follow_up_due", "consent_waiting",
  "consent_expiring", "digest"];
const ORDERS = { push: ["push", "email", "sms"], email: ["email", "push", "sms"], sms: ["sms", "push", "email"] };

export async function show() {
  return h("div", {}, h("h1", {}, t("reminders.title")), h("p", {}, t("reminders.explained")),
    fetched(async () => [await ask("GET", "/me/preferences"), await serverKey(), await standing()], ([wishes, key, push], again) => {
      const save = saving(again);
      return [how(wishes, key ? push : null, save, again), when(wishes, save), holiday(wishes, save), kinds(wishes, save), order(wishes, save),
        h("p", {}, h("a", { href: "#/calendar" }, t("calendar.title")))];
    }));
}

/** What does not fit is said in words, and what holds now is shown again. */
const saving = (again) => async (change) => {
  try {
    await ask("PUT", "/me/preferences", change);
    say(t("reminders.saved"));
    return true;
  } catch (failure) {
    const [finding] = failure.problem?.findings ?? [];
    say(finding ? t(`finding.${finding.code}`) : refusalWords(failure));
    await again();
    return false;
  }
};

const named = (channels) => channels.map((name) => [name, t(`channel.${name}`)]);

function how(wishes, push, save, again) {
  const { reach } = wishes;
  const on = CHANNELS.filter((name) => wishes[`${name}_on`]);
  const chosen = (now) => save(Object.fromEntries(CHANNELS.map((name) => [`${name}_on`, (now ?? []).includes(name)])));
  return h("section", { class: "card" }, manyChips(t("reminders.how"), named(CHANNELS), on, chosen),
    h("ul", { class: "rows" },
      push ? h("li", {}, h("p", { class: "quiet" }, t(`push.${push}`)), pushButton(push, again)) : null,
      reach.email === "proved" ? null : h("li", {}, h("p", { class: "quiet" }, t(`reach.email_${reach.email}`)),
        h("a", { href: "#/email", class: "button" }, t("email.title"))),
      h("li", {}, h("a", { href: "#/phone", class: "button" }, t(reach.phone_proved ? "phone.change" : "phone.title")))));
}

function pushButton(push, again) {
  if (push !== "on" && push !== "off") return null;
  return doing(t(push === "on" ? "push.switch_off" : "push.switch_on"), async () => {
    await (push === "on" ? unsubscribe() : subscribe());
    await again();
  });
}

function when(wishes, save) {
  const hour = (number) => `${String(number).padStart(2, "0")}:00`;
  const hours = Array.from({ length: 24 }, (_, number) => [number, hour(number)]);
  const days = [1, 2, 3, 4, 5, 6, 7].map((number) => [number, weekday(number)]);
  const choice = (name, choices, none) => select(name, [...(none ? [["", t(none)]] : []), ...choices], wishes[name], save);
  return h("section", { class: "card" }, h("h2", {}, t("reminders.when")),
    choice("hour", hours, "reminders.as_planned"), choice("weekday", days, "reminders.last_day"),
    choice("digest_weekday", days, "reminders.no_digest"),
    h("h2", {}, t("reminders.quiet")), h("p", { class: "quiet" }, t("reminders.quiet_explained")),
    choice("quiet_from", hours), choice("quiet_until", hours));
}

const select = (name, choices, now, save) => [h("label", { for: name }, t(`reminders.${name}`)),
  h("select", { id: name, onchange: ({ target }) => save({ [name]: target.value === "" ? null : Number(target.value) }) },
    choices.map(([value, words]) => h("option", { value, selected: String(value) === String(now ?? "") }, words)))];

/** A kind takes every way that is on until somebody says otherwise. */
function kinds({ by_kind: chosen }, save) {
  const now = { ...chosen };
  return h("details", { class: "card" }, h("summary", {}, t("reminders.kinds")),
    h("p", { class: "quiet" }, t("reminders.kinds_explained")),
    KINDS.map((kind) => manyChips(t(`kind_of_notice.${kind}`), named(CHANNELS), now[kind] ?? CHANNELS, (ways) => {
      now[kind] = ways ?? [];
      if (now[kind].length === CHANNELS.length) delete now[kind];
      save({ by_kind: now });
    })));
}

const order = ({ fallback }, save) => h("details", { class: "card" }, h("summary", {}, t("reminders.order")),
  h("p", { class: "quiet" }, t("reminders.order_explained")),
  h("label", { for: "first" }, t("reminders.first")), h("select", { id: "first", onchange: ({ target }) =>
    save({ fallback: ORDERS[target.value] }) },
  CHANNELS.map((name) => h("option", { value: name, selected: name === (fallback[0] ?? "push") }, t(`channel.${name}`)))));
