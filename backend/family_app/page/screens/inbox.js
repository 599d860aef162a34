// Messages: the newest first; and one by itself, where a tapped notification leads, however old it is.
import { ask } from "../answers.js";
import { h } from "../elements.js";
import { noteUnread } from "../state.js";
import { t } from "../words.js";
import { fetched } from "./asking.js";
import { markRead, noticeCard } from "./notice_card.js";

export async function show() {
  return h("div", {}, h("h1", {}, t("inbox.title")), fetched(async () => {
    const { items } = await ask("GET", "/inbox?limit=50");
    markRead(items).then(noteUnread);
    return items;
  }, (items, again) => (items.length ? items.map((notice) => noticeCard(notice, again))
    : h("p", { class: "quiet" }, t("inbox.empty")))),
  h("a", { href: "#/reminders", class: "button wide" }, t("reminders.title")));
}

export async function one(id) {
  const load = () => ask("GET", `/inbox/${encodeURIComponent(id ?? "")}`).catch((failure) => {
    if ([400, 404].includes(failure.status)) return null;
    throw failure;
  });
  return h("div", {}, h("h1", {}, t("inbox.one")), fetched(async () => {
    const notice = await load();
    if (notice) markRead([notice]).then(noteUnread);
    return notice;
  }, (notice, again) => (notice ? noticeCard(notice, again) : h("p", {}, t("inbox.gone")))),
  h("a", { href: "#/inbox", class: "button wide" }, t("inbox.all")));
}
