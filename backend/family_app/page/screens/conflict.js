// Two people wrote different things: both side by side, and the family chooses. Nothing is lost either way.
import { button, go, h, say } from "../elements.js";
import { sendNow, state } from "../state.js";
import { dayAndTime, t } from "../words.js";
import { valueWords } from "./details.js";

export async function show(id) {
  const entry = await state.diary.entry(id);
  const kept = entry?.conflicts?.[0];
  if (!kept) return h("p", {}, entry?.open_conflicts ? t("conflict.loading") : t("conflict.settled"));
  const mine = (entry.my_conflicts ?? []).includes(kept.revision_id);
  const names = [...new Set([...Object.keys(entry.data), ...Object.keys(kept.data)])]
    .filter((name) => JSON.stringify(entry.data[name] ?? null) !== JSON.stringify(kept.data[name] ?? null));
  const [theirs, ours] = [t("conflict.keep_theirs"), t("conflict.keep_mine")];
  return h("article", {},
    h("h1", {}, t("conflict.title")),
    h("p", {}, t("conflict.explained")),
    h("div", { class: "sides" },
      side(t("conflict.in_diary"), names, entry.data, entry.deleted, t(`relation.${entry.relation}`), null,
        button(mine ? theirs : ours, () => settle(entry, kept, {}), { class: "main" })),
      side(mine ? t("conflict.yours") : t("conflict.other"), names, kept.data, kept.retracts,
        t(`relation.${kept.relation}`), kept.received_at,
        button(mine ? ours : theirs, () => settle(entry, kept, kept.retracts ? null : differences(names, kept.data)),
          { class: "main" }))));
}

function side(title, names, data, retracted, who, at, choice) {
  return h("section", { class: "card" }, h("h2", {}, title),
    h("p", { class: "quiet" }, at ? `${who} · ${dayAndTime(new Date(at))}` : who),
    retracted ? h("p", {}, t("standing.retracted")) : null,
    h("dl", {}, names.map((name) => [h("dt", {}, t(`field.${name}`)), h("dd", {}, valueWords(name, data[name] ?? null, data))])),
    choice);
}

const differences = (names, data) => Object.fromEntries(names.map((name) => [name, data[name] ?? null]));

/** `data` is what to change; null takes the entry back. Other open versions stay and are asked about next. */
async function settle(entry, kept, data) {
  await state.diary.write(entry.participant_id, {
    id: entry.id, kind: entry.kind, op: data ? "upsert" : "delete", data: data ?? {},
    reason: "conflict_resolved", resolves: [kept.revision_id],
  });
  say(t("saved"));
  go("");
  sendNow().catch(() => {});
}
