// What this phone keeps, one IndexedDB database per account. Nothing secret is in it: the session is a cookie
// that scripts cannot read.

const STORES = {
  entries: "id", outbox: "client_seq", data_queries: "id", visits: "id", safety_cases: "id", attachments: "id", photos: "id",
};

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function opened(name, version, upgrade) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => upgrade(request.result, request.transaction);
  return answered(request);
}

/** Values of this device that are nobody's diary: who used it last, the language. */
export async function device() {
  const database = await opened("device", 1, (fresh) => fresh.createObjectStore("values"));
  return new Kept(database);
}

export async function openDiary(accountId) {
  const database = await opened(`diary-${accountId}`, 3, (fresh, change) => {
    if (fresh.objectStoreNames.contains("values")) fetchAllAgain(change.objectStore("values"));
    else fresh.createObjectStore("values");
    for (const [store, key] of Object.entries(STORES)) {
      if (!fresh.objectStoreNames.contains(store)) fresh.createObjectStore(store, { keyPath: key });
    }
  });
  return new Kept(database);
}

/** An earlier page passed over what it had no place for: without its cursors the phone asks from the beginning. */
function fetchAllAgain(values) {
  values.getAllKeys().onsuccess = ({ target }) => {
    for (const key of target.result) if (String(key).startsWith("cursor ")) values.delete(key);
  };
}

export class Kept {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  get(key) { return answered(this.database.transaction("values").objectStore("values").get(key)); }

  set(key, value) { return this.write(["values"], (kept) => kept.values.put(value, key)); }

  all(store) { return answered(this.database.transaction(store).objectStore(store).getAll()); }

  /**
   * All or nothing, and on the disk before it counts as saved. `work` gets the stores by name and may await
   * only `read(request)`.
   */
  write(stores, work) {
    const transaction = this.database.transaction(stores, "readwrite", { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
    const kept = Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)]));
    const worked = Promise.resolve().then(() => work(kept, answered)).catch((failure) => {
      try { transaction.abort(); } catch { /* it has ended already */ }
      throw failure;
    });
    return Promise.all([worked, ended]).then(([result]) => result);
  }
}

/** A UUIDv7 (RFC 9562): made here, so that a repeated sending is recognised. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let place = 5; place >= 0; place -= 1) { bytes[place] = time % 256; time = Math.floor(time / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
