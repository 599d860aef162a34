// The devices that are signed in with this account: sign one out, or all.
import { ask } from "../answers.js";
import { go, h, say } from "../elements.js";
import { changed, signOut } from "../state.js";
import { dayAndTime, t } from "../words.js";
import { doing, everything, fetched } from "./asking.js";

export async function show() {
  return h("div", {}, h("h1", {}, t("devices.title")), h("p", {}, t("devices.explained")),
    fetched(() => everything("/sessions"), (devices, again) => [
      h("ul", { class: "rows" }, devices.map((device) => row(device, again))),
      h("details", { class: "card" }, h("summary", {}, t("devices.all")), h("p", {}, t("devices.all_explained")),
        doing(t("devices.all_now"), everywhere)),
    ]));
}

function row(device, again) {
  const seen = t("devices.seen", { when: dayAndTime(new Date(device.last_seen_at)) });
  const name = device.device_name || t(device.kind === "browser" ? "devices.browser" : "devices.app");
  return h("li", { class: "card" }, h("h2", {}, name),
    h("p", { class: "quiet" }, device.current ? t("devices.this") : seen),
    device.current ? null : doing(t("sign_out"), async () => {
      await ask("DELETE", `/sessions/${device.id}`);
      await again();
    }, t("devices.gone"), { "aria-label": t("devices.sign_out", { device: name }) }));
}

async function everywhere() {
  await signOut("/sessions");
  say(t("devices.gone"));
  go("sign-in");
  changed();
}
