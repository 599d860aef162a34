// One's visits in the calendar of a phone or computer, under a secret address that can be taken back.
import { ask } from "../answers.js";
import { button, h, say } from "../elements.js";
import { dayAndTime, t } from "../words.js";
import { doing, fetched } from "./asking.js";

export async function show() {
  return h("div", {}, h("h1", {}, t("calendar.title")), h("p", {}, t("calendar.explained")),
    fetched(() => ask("GET", "/me/calendar-feed"), ({ feed }, again) => [feed ? standing(feed, again) : null, making(feed)]));
}

function standing(feed, again) {
  const read = feed.last_read_at ? t("calendar.read", { when: dayAndTime(new Date(feed.last_read_at)) }) : t("calendar.unread");
  return h("section", { class: "card" }, h("h2", {}, t("calendar.on")),
    h("p", {}, t("calendar.since", { when: dayAndTime(new Date(feed.created_at)) })), h("p", { class: "quiet" }, read),
    doing(t("calendar.stop"), async () => {
      await ask("DELETE", "/me/calendar-feed");
      await again();
    }, t("calendar.stopped")));
}

/** A new link makes the old one void, so that one that went astray is of no use. */
function making(feed) {
  const place = h("div", { role: "status" });
  const details = h("input", { type: "checkbox", id: "details", checked: Boolean(feed?.shows_details) });
  return h("section", { class: "card" }, h("h2", {}, t(feed ? "calendar.again" : "calendar.make")),
    feed ? h("p", {}, t("calendar.again_explained")) : null,
    h("label", { class: "tick", for: "details" }, details, h("span", {}, t("calendar.details"))),
    doing(t("calendar.make"), async () => {
      const made = await ask("POST", "/me/calendar-feed", { shows_details: details.checked });
      place.replaceChildren(...link(made));
    }, null, { class: "main" }), place);
}

const link = ({ url, webcal_url: webcal }) => [
  h("p", {}, h("a", { href: webcal, class: "button wide" }, t("calendar.open"))),
  h("label", { for: "address" }, t("calendar.address")), h("input", { id: "address", readonly: true, value: url }),
  button(t("calendar.copy"), async () => {
    await navigator.clipboard.writeText(url).then(() => say(t("calendar.copied")), () => document.getElementById("address").select());
  }),
  h("p", { class: "quiet" }, t("calendar.secret")),
];
