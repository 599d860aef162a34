// The diary on this phone: what was written here and what the server sent, seen as one list.
import { dayOf, withOffset, zone } from "./dates.js";
import { newId } from "./store.js";

export const APP_VERSION = "family-page/1";

/** An entry as the person sees it: the server's state with this phone's unsent changes laid over it. */
function seen(entry, waiting) {
  const view = { ...entry, data: { ...entry.data }, waiting: waiting.length > 0 };
  view.refused = waiting.find((item) => item.refusal)?.refusal ?? null;
  for (const { item } of waiting) {
    if (item.op === "delete") view.deleted = true;
    for (const [name, value] of Object.entries(item.data ?? {})) {
      if (value === null) delete view.data[name];
      else view.data[name] = value;
    }
  }
  return view;
}

const waitsForConsent = ({ code, collection }) => code === "collection.closed" && collection !== "withdrawn";

/** One word for where an entry stands. */
export function standing(entry) {
  if (entry.refused) return waitsForConsent(entry.refused) ? "kept" : "refused";
  if (entry.waiting) return "on_phone";
  if (entry.open_conflicts) return "conflict";
  if (entry.deleted) return "retracted";
  if (entry.state === "query_open") return "question";
  return ["validated", "rejected", "duplicate"].includes(entry.state) ? "seen" : "sent";
}

export class Diary {
  constructor(kept) { this.kept = kept; }

  async entries(participantId) {
    const [entries, outbox] = await Promise.all([this.kept.all("entries"), this.kept.all("outbox")]);
    const views = entries.filter((entry) => entry.participant_id === participantId)
      .map((entry) => seen(entry, outbox.filter((row) => row.what === "entry" && row.item.id === entry.id)));
    const when = ({ data, received_at: at, made_at: made }) => String(data.occurred ?? data.to ?? dayOf(new Date(at ?? made)));
    return views.sort((a, b) => when(b).localeCompare(when(a)) || b.id.localeCompare(a.id));
  }

  async entry(id) {
    const participantId = (await this.kept.all("entries")).find((row) => row.id === id)?.participant_id;
    return (await this.entries(participantId)).find((row) => row.id === id);
  }

  async unsent() { return (await this.kept.all("outbox")).filter((row) => !row.refusal).length; }

  /** Questions of the team, with the answer waiting on this phone if there is one. */
  async questions(participantId) {
    const [queries, outbox] = await Promise.all([this.kept.all("data_queries"), this.kept.all("outbox")]);
    return queries.filter((query) => query.participant_id === participantId && query.state === "open")
      .map((query) => {
        const row = outbox.findLast((each) => each.query_id === query.id);
        return { ...query, answer: row?.text ?? null, refused: Boolean(row?.refusal) };
      });
  }

  async nextVisit(participantId) {
    const today = dayOf(new Date());
    const day = (visit) => (visit.agreed_at ? dayOf(new Date(visit.agreed_at)) : visit.target_on);
    return (await this.kept.all("visits"))
      .filter((visit) => visit.participant_id === participantId && visit.state === "planned" && day(visit) >= today)
      .sort((a, b) => day(a).localeCompare(day(b)))[0];
  }

  /** Write something new, correct it or take it back. Entry, outbox and counter go to the disk together. */
  async write(participantId, change) {
    const id = change.id ?? newId();
    await this.kept.write(["entries", "outbox", "values"], async (kept, read) => {
      const known = await read(kept.entries.get(id));
      const number = ((await read(kept.values.get("client_seq"))) ?? 0) + 1;
      const now = new Date();
      kept.values.put(number, "client_seq");
      kept.outbox.put({ client_seq: number, participant_id: participantId, what: "entry", item: {
        collection: "entries", id, op: change.op ?? "upsert", kind: change.kind, base_version: known?.version ?? 0,
        client_seq: number, recorded_at: withOffset(now), timezone: zone(),
        locale: document.documentElement.lang, data: change.data ?? {},
        ...(change.reason ? { reason: change.reason } : {}), ...(change.resolves ? { resolves: change.resolves } : {}),
        ...(change.confirmed?.length ? { confirmed: change.confirmed } : {}),
      } });
      if (!known) {
        kept.entries.put({
          id, participant_id: participantId, kind: change.kind, version: 0, data: {}, made_at: now.toISOString(),
        });
      }
      kept.values.delete("draft");
    });
    return id;
  }

  /**
   * Add details to an entry, touch by touch. Touches of one sitting are one change, as long as it has not left the
   * phone: nobody writes a version per tap.
   */
  async amend(entry, changes, sitting) {
    const open = (await this.kept.all("outbox")).findLast((row) => row.sitting === sitting && row.item.id === entry.id);
    await this.kept.write(["entries", "outbox", "values"], async (kept, read) => {
      const row = open && await read(kept.outbox.get(open.client_seq));
      const now = { recorded_at: withOffset(new Date()), timezone: zone(), locale: document.documentElement.lang };
      if (row && !row.tried && !row.refusal) {
        kept.outbox.put({ ...row, item: { ...row.item, ...now, data: { ...row.item.data, ...changes } } });
        return;
      }
      const version = (await read(kept.entries.get(entry.id)))?.version ?? 0;
      const number = ((await read(kept.values.get("client_seq"))) ?? 0) + 1;
      kept.values.put(number, "client_seq");
      kept.outbox.put({ client_seq: number, participant_id: entry.participant_id, what: "entry", sitting, item: {
        collection: "entries", id: entry.id, op: "upsert", kind: entry.kind, base_version: version,
        client_seq: number, ...now, data: changes, reason: "details_added",
      } });
    });
  }

  /** Answer a question; the key makes a repeated sending one answer. */
  answer(participantId, queryId, text) {
    return this.kept.write(["outbox", "values"], async (kept, read) => {
      const number = ((await read(kept.values.get("client_seq"))) ?? 0) + 1;
      kept.values.put(number, "client_seq");
      kept.outbox.put({
        client_seq: number, participant_id: participantId, what: "reply", query_id: queryId, text, key: newId(),
      });
    });
  }

  /** Since when the study staff have read it, for the entries that opened a safety case; the entry's id → that. */
  async cases() {
    return new Map((await this.kept.all("safety_cases")).map((each) => [each.entry_id, each.acknowledged_at]));
  }

  keepDraft(draft) { return this.kept.set("draft", draft); }

  draft() { return this.kept.get("draft"); }

  dropDraft() { return this.kept.write(["values"], (kept) => kept.values.delete("draft")); }
}
