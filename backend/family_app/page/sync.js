// Phone ⇄ server: hand in the outbox, then fetch what changed. Nothing leaves the outbox before the server has
// answered for that very item; no answer, a sign-out or an outdated app leave it as it is.
import { NoAnswer, Refused, ask } from "./answers.js";
import { APP_VERSION } from "./diary.js";
import { withOffset } from "./dates.js";
import { newId } from "./store.js";
import { sendPhotos } from "./tus.js";

const BATCH = 100;
const CLOSED = "collection.closed";
const COLLECTIONS = ["entries", "data_queries", "visits", "safety_cases", "attachments"];

export class Sync {
  /** `tell(state)` hears: sending, done, offline, signed_out, outdated, busy. */
  constructor(kept, participants, tell) {
    Object.assign(this, { kept, participants, tell, running: null, again: false });
  }

  /** Send and fetch now; a call during a run makes it run once more. */
  now() {
    if (this.running) { this.again = true; return this.running; }
    this.running = this.#alone().finally(() => {
      this.running = null;
      if (this.again) { this.again = false; this.now(); }
    });
    return this.running;
  }

  async #alone() {
    const run = () => this.#run();
    // Two tabs of one phone take turns.
    return navigator.locks ? navigator.locks.request("sync", run) : run();
  }

  async #run() {
    this.tell("sending");
    try {
      for (const participant of this.participants()) {
        if (participant.collection === "open") await this.#takeUpAgain(participant.id);
        await this.#handIn(participant);
        await this.#answers(participant.id);
        await this.#fetchChanges(participant);
        await sendPhotos(this.kept, participant.id);
      }
      await this.kept.set("synced_at", new Date().toISOString());
      this.tell("done");
    } catch (failure) {
      if (failure instanceof NoAnswer) this.tell("offline");
      else if (failure instanceof Refused) this.tell({ 401: "signed_out", 426: "outdated" }[failure.status] ?? "busy");
      else throw failure;
    }
  }

  async #waiting(participantId, what) {
    return (await this.kept.all("outbox"))
      .filter((row) => row.participant_id === participantId && row.what === what && !row.refusal);
  }

  /** What waited for a consent is handed in once more: the server knows by the ids what it has taken in itself. */
  #takeUpAgain(participantId) {
    return this.kept.write(["outbox"], async (kept, read) => {
      for (const { refusal, ...row } of await read(kept.outbox.getAll())) {
        if (row.participant_id === participantId && refusal?.code === CLOSED) kept.outbox.put(row);
      }
    });
  }

  async #handIn(participant) {
    const participantId = participant.id;
    let size = BATCH;
    for (let tries = 0; tries < 50; tries += 1) {
      const rows = (await this.#waiting(participantId, "entry")).slice(0, size);
      if (!rows.length) return;
      const answer = await this.#push(participantId, rows).catch((failure) => {
        if (failure instanceof Refused && failure.status === 413 && size > 1) { size = Math.ceil(size / 4); return null; }
        if (failure instanceof Refused && failure.status === 410) return this.#startAgain(participantId);
        throw failure;
      });
      if (!answer) continue;
      const closed = answer.results.find(({ error }) => error?.code === CLOSED);
      if (closed) participant.collection = closed.error.collection;  // newer than what `GET /me` said
      if (!(await this.#settle(answer))) return;
    }
  }

  async #push(participantId, rows) {
    const { cursor } = (await this.kept.get(`cursor ${participantId}`)) ?? { cursor: 0 };
    await this.#markAsTried(rows);
    return ask("POST", `/participants/${participantId}/changes`, {
      replica_id: await this.#replica(), schema: 1, base_cursor: cursor, sent_at: withOffset(new Date()),
      app_version: APP_VERSION, items: rows.map((row) => row.item),
    });
  }

  /** From here on the server may have it, answer or not: nothing is added to these writes any more. */
  #markAsTried(rows) {
    return this.kept.write(["outbox"], async (kept, read) => {
      for (const row of rows) {
        const now = await read(kept.outbox.get(row.client_seq));
        if (!now) continue;
        row.item = now.item;
        kept.outbox.put({ ...now, tried: true });
      }
    });
  }

  async #replica() {
    let replica = await this.kept.get("replica_id");
    if (!replica) await this.kept.set("replica_id", (replica = newId()));
    return replica;
  }

  /** Take each answered item out of the outbox; a refused one stays and is shown. Returns whether any went. */
  async #settle({ results, server_time }) {
    let went = 0;
    await this.kept.write(["entries", "outbox", "values"], async (kept, read) => {
      kept.values.put(Date.now() - Date.parse(server_time), "clock_skew");
      for (const result of results) {
        const row = await read(kept.outbox.get(result.client_seq));
        if (!row || row.item?.id !== result.id || result.status === "retry") continue;
        went += 1;
        if (result.status === "rejected") {
          kept.outbox.put({ ...row, refusal: result.error ?? {} });
          continue;
        }
        kept.outbox.delete(row.client_seq);
        const entry = await read(kept.entries.get(result.id));
        kept.entries.put({ ...landed(entry, row.item, result), safety: result.safety ?? entry.safety ?? null });
      }
    });
    return went > 0;
  }

  async #answers(participantId) {
    for (const row of await this.#waiting(participantId, "reply")) {
      try {
        await ask("POST", `/data-queries/${row.query_id}/replies`, { text: row.text }, { "Idempotency-Key": row.key });
        await this.kept.write(["outbox"], (kept) => kept.outbox.delete(row.client_seq));
      } catch (failure) {
        const final = failure instanceof Refused && [404, 409, 422].includes(failure.status)
          && failure.problem.code !== "idempotency_key.in_use";
        if (!final) throw failure;
        await this.kept.write(["outbox"], (kept) => kept.outbox.put({ ...row, refusal: failure.problem }));
      }
    }
  }

  async #fetchChanges(participant) {
    const participantId = participant.id;
    for (let more = true; more;) {
      const { cursor, epoch } = (await this.kept.get(`cursor ${participantId}`)) ?? { cursor: 0 };
      const page = await ask("GET", `/participants/${participantId}/changes?since=${cursor}&limit=200`
        + (epoch ? `&epoch=${epoch}` : "")).catch((failure) => {
        if (failure instanceof Refused && failure.status === 410) return this.#startAgain(participantId);
        // A carer may report and not read; a guardianship may have ended. What is on the phone stays.
        if (failure instanceof Refused && [403, 404].includes(failure.status)) return { changes: [] };
        throw failure;
      });
      if (!page) continue;
      if (page.epoch && await this.#keep(participantId, page)) participant.collection = "open";
      more = Boolean(page.has_more);
    }
  }

  /** Returns whether something is among it that had waited for a consent. */
  #keep(participantId, page) {
    return this.kept.write([...COLLECTIONS, "outbox", "values"], async (kept, read) => {
      const waited = (await read(kept.outbox.getAll())).filter(({ refusal }) => refusal?.code === CLOSED);
      const come = waited.filter(({ item }) => page.changes.some((each) => each.id === item.id && hasTaken(each, item)));
      come.forEach((row) => kept.outbox.delete(row.client_seq));
      for (const change of page.changes.filter(({ collection }) => COLLECTIONS.includes(collection))) {
        const mine = change.collection === "entries" ? await read(kept.entries.get(change.id)) : null;
        const content = change.collection === "entries" ? { data: change.data } : change.data;
        kept[change.collection].put({
          ...change, ...content, participant_id: participantId, my_conflicts: mine?.my_conflicts ?? [],
          ...(mine?.safety ? { safety: mine.safety } : {}),
        });
      }
      kept.values.put(Date.now() - Date.parse(page.server_time), "clock_skew");
      kept.values.put({ cursor: page.cursor, epoch: page.epoch }, `cursor ${participantId}`);
      kept.values.put({ state: page.participant_state, words: page.words }, `part ${participantId}`);
      return come.length > 0;
    });
  }

  /** The server's numbers are of another database: drop all but what was never handed in, and load from 0. */
  async #startAgain(participantId) {
    await this.kept.write([...COLLECTIONS, "outbox", "values"], async (kept, read) => {
      const waiting = new Set((await read(kept.outbox.getAll())).map((row) => row.item?.id));
      for (const name of COLLECTIONS) {
        for (const row of await read(kept[name].getAll())) {
          if (row.participant_id === participantId && !waiting.has(row.id)) kept[name].delete(row.id);
        }
      }
      kept.values.put({ cursor: 0, epoch: null }, `cursor ${participantId}`);
    });
    return null;
  }
}

/** Whether the server's state of the entry holds what had waited: as a newer version, or as one side of two. */
const hasTaken = (change, item) => change.version > item.base_version || change.open_conflicts > 0;

/** The entry as the server has it now, as far as its answer says. */
function landed(entry, item, result) {
  if (result.status === "conflict") {
    return { ...entry, my_conflicts: [...(entry.my_conflicts ?? []), result.revision_id], open_conflicts: 1,
      data: result.current?.data ?? entry.data, version: result.version ?? entry.version };
  }
  const data = result.current?.data ?? { ...entry.data, ...item.data };
  for (const name of Object.keys(data)) if (data[name] === null) delete data[name];
  return { ...entry, data, version: result.version ?? entry.version, state: result.current?.state ?? "received",
    deleted: item.op === "delete" || Boolean(result.current?.deleted) };
}
