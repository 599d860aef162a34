// Who opened the child's record, by what they are and never by name, newest first.
import { ask } from "../answers.js";
import { button, h, say } from "../elements.js";
import { nameOf, state } from "../state.js";
import { dayAndTime, t } from "../words.js";
import { fetched } from "./asking.js";
import { relationWords } from "./people.js";
import { refusalWords } from "./sign_in.js";

const PAGES_AT_ONCE = 5, ENOUGH = 20;

export async function show() {
  const { id } = state.participant;
  const load = (cursor) => others(`/participants/${id}/readers`, cursor);
  return h("div", {}, h("h1", {}, t("readers.title", { name: nameOf(state.participant) })),
    h("p", { class: "quiet" }, t("readers.explained")),
    fetched(load, (page) => (page.items.length || page.next_cursor ? pages(page, load) : h("p", {}, t("readers.none")))));
}

/** One's own visits are left out: they would hide everybody else's. */
async function others(path, from) {
  const items = [];
  let cursor = from;
  for (let pages = 0; pages < PAGES_AT_ONCE && items.length < ENOUGH && (pages === 0 || cursor); pages += 1) {
    const page = await ask("GET", `${path}?limit=100${cursor ? `&cursor=${cursor}` : ""}`);
    items.push(...page.items.filter((each) => !each.is_you));
    cursor = page.next_cursor;
  }
  return { items, next_cursor: cursor };
}

/** The first page, and a button for the next as long as there is one. */
function pages(first, load) {
  let cursor = first.next_cursor;
  const list = h("ul", { class: "entries" }, first.items.map(row));
  const more = button(t("readers.more"), async () => {
    try {
      const page = await load(cursor);
      list.append(...page.items.map(row));
      cursor = page.next_cursor;
      more.hidden = !cursor;
    } catch (failure) {
      say(refusalWords(failure));
    }
  });
  more.hidden = !cursor;
  return [list, more];
}

function row({ at, role, site, relation }) {
  const who = relation ? relationWords(relation) : t(`role.${role}`);
  return h("li", { class: "entry" }, h("span", { class: "what" }, who, site ? ` · ${site}` : ""),
    h("span", { class: "when" }, dayAndTime(new Date(at))));
}
