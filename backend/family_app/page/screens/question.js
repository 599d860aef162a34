// A question of the site's team: answer in words, or correct the entry, which answers it too.
import { button, go, h, say } from "../elements.js";
import { sendNow, state } from "../state.js";
import { t } from "../words.js";
import { titleOf, whenOf } from "./titles.js";

export async function show(id) {
  const query = (await state.diary.questions(state.participant.id)).find((each) => each.id === id);
  if (!query) return h("p", {}, t("question.over"));
  const entry = await state.diary.entry(query.entry_id);
  const text = h("textarea", { id: "answer", rows: 4, maxlength: 2000, required: true });
  return h("form", { class: "write", onsubmit: (event) => { event.preventDefault(); answer(query, text.value.trim()); } },
    h("h1", {}, t("question.from_team")),
    entry ? h("p", { class: "quiet" }, `${titleOf(entry)}, ${whenOf(entry)}`) : null,
    h("blockquote", {}, query.question),
    h("label", { for: "answer" }, t("question.your_answer")), text,
    h("div", { class: "thumb" }, h("button", { class: "main" }, t("question.send")),
      entry ? button(t("question.correct"), () => go(`write/entry/${entry.id}`)) : null));
}

async function answer(query, text) {
  if (!text) return;
  await state.diary.answer(query.participant_id, query.id, text);
  say(t("question.saved"));
  go("");
  sendNow().catch(() => {});
}
