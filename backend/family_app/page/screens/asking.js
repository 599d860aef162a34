// What needs the network on a screen: fetching, doing one thing, and doing one that asks for the password once more.
import { ask } from "../answers.js";
import { button, h, say } from "../elements.js";
import { t } from "../words.js";
import { refusalWords } from "./sign_in.js";

/** A place that fills when the answer comes. `draw(content, again)` makes what stands there. */
export function fetched(load, draw) {
  const place = h("div", {}, h("p", { class: "quiet" }, t("wait")));
  const again = async () => {
    try {
      place.replaceChildren(h("div", {}, draw(await load(), again)));
    } catch (failure) {
      place.replaceChildren(h("p", { role: "status" }, refusalWords(failure)), failure.status === 401
        ? h("a", { href: "#/sign-in", class: "button" }, t("sign_in")) : button(t("asking.again"), again));
    }
  };
  again();
  return place;
}

/** Every page of a list, as far as a family's lists go. */
export async function everything(path) {
  const items = [];
  for (let page = { next_cursor: "" }, pages = 0; page.next_cursor !== null && pages < 20; pages += 1) {
    page = await ask("GET", `${path}?limit=100${page.next_cursor ? `&cursor=${page.next_cursor}` : ""}`);
    items.push(...page.items);
  }
  return items;
}

/** A button that has the server do something; how it went is said. */
export const doing = (words, act, done, properties) => button(words, async () => {
  try {
    await act();
    if (done) say(done);
  } catch (failure) {
    say(refusalWords(failure));
  }
}, properties);

/** A form that is sent once at a time. What `act` answers, or `said(failure)`, stands in `wrong`. */
export function sending(act, wrong, said, ...content) {
  let working = false;
  return h("form", { class: "card", onsubmit: async (event) => {
    event.preventDefault();
    if (working) return;
    working = true;
    wrong.replaceChildren();
    try {
      wrong.replaceChildren((await act()) ?? "");
    } catch (failure) {
      wrong.replaceChildren(said(failure));
    } finally {
      working = false;
    }
  } }, ...content);
}

/** A form for what weighs most. `act(prove)` proves with the password, does it, or answers what is missing. */
export function proving(fields, yes, act) {
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const wrong = h("p", { role: "alert" });
  const said = (failure) => failure.problem?.code === "sign_in.failed" ? t("problem.password") : refusalWords(failure);
  return sending(() => act(() => ask("POST", "/me/step-up", { password: password.value })), wrong, said,
    fields, h("label", { for: "password" }, t("asking.password")), password, wrong, h("button", { class: "main" }, yes));
}
