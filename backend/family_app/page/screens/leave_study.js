// Leaving the study: what happens then in plain words, and the password once more. No reason has to be given.
import { ask } from "../answers.js";
import { go, h } from "../elements.js";
import { nameOf, refresh, sendNow, state } from "../state.js";
import { t } from "../words.js";
import { proving } from "./asking.js";

export async function show() {
  const { id, state: now } = state.participant;
  if (now === "withdrawn") return h("p", {}, t("withdrawal.kept_ctr_28_3"));
  return h("div", {}, h("h1", {}, t("leave.title", { name: nameOf(state.participant) })),
    h("p", {}, t("leave.free")),
    h("ul", {}, ["leave.no_reminders", "leave.nothing_new", "leave.kept", "leave.all"].map((each) => h("li", {}, t(each)))),
    proving([], t("leave.now"), async (prove) => {
      await prove();
      await ask("POST", `/participants/${id}/withdrawal`, {});
      await refresh();
      await sendNow();
      go("");
      return "";
    }),
    h("p", {}, h("a", { href: "#/" }, t("leave.stay"))));
}
