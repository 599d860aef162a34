// A note to oneself on an entry: nobody else ever sees it, not the other parent and not the team.
import { ask } from "../answers.js";
import { h } from "../elements.js";
import { state } from "../state.js";
import { newId } from "../store.js";
import { t } from "../words.js";
import { doing, everything, fetched } from "./asking.js";

/** Fetched when it is opened: it is kept at the server alone, sealed, and not on this phone. */
export function privateNote(entry) {
  const owner = state.account.participants.find(({ id }) => id === entry.participant_id);
  if (!owner || owner.role === "carer") return null;
  const path = `/participants/${owner.id}/private-notes`;
  const place = h("div", {});
  let opened = false;
  return h("details", { ontoggle: () => {
    if (opened) return;
    opened = true;
    place.replaceChildren(fetched(() => everything(path), (notes) => fields(path, entry.id, notes)));
  } }, h("summary", {}, t("note.title")), place);
}

function fields(path, entryId, notes) {
  const found = notes.find((note) => note.entry_id === entryId);
  const id = found?.id ?? newId();
  const text = h("textarea", { id: "private-note", rows: 4, maxlength: 4000, value: found?.text ?? "" });
  let stored = Boolean(found);
  return [h("label", { for: "private-note" }, t("note.only_you")), text,
    doing(t("note.save"), async () => {
      const words = text.value.trim();
      if (words) await ask("PUT", `${path}/${id}`, { text: words, entry_id: entryId });
      else if (stored) await ask("DELETE", `${path}/${id}`);
      stored = Boolean(words);
    }, t("note.saved"))];
}
