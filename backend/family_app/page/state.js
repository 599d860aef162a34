// What the page knows while it is open: who, which child, which diary. Screens read it; nothing else holds state.
import { NoAnswer, Refused, ask } from "./answers.js";
import { occurredSpan } from "./dates.js";
import { Diary } from "./diary.js";
import { device, openDiary } from "./store.js";
import { Sync } from "./sync.js";
import { speak } from "./words.js";

export const state = {
  config: null, device: null, account: null, participant: null, names: {}, protocol: null,
  kept: null, diary: null, sync: null, connection: "done", newVersion: null, after: null,
};

const listeners = new Set();
export const onChange = (listener) => listeners.add(listener);
export const changed = () => listeners.forEach((listener) => listener());

/** Open what this phone knows, without a network: the account that used it last and its diary. */
export async function open() {
  state.device = await device();
  const account = await state.device.get("account");
  if (account) await enter(account);
}

/** Speak the language chosen on this phone, else the account's, else the browser's. */
export async function speakTheirs() {
  const chosen = await state.device.get("language");
  await speak([chosen, state.account?.language, ...navigator.languages].filter(Boolean), state.config.languages);
}

/** Take this account's diary into use. */
export async function enter(account) {
  state.account = account;
  state.kept = await openDiary(account.account_id);
  state.diary = new Diary(state.kept);
  state.names = (await state.kept.get("names")) ?? {};
  state.protocol = (await state.kept.get("protocol")) ?? null;
  const last = await state.device.get("participant");
  state.participant = account.participants.find(({ id }) => id === last) ?? account.participants[0] ?? null;
  state.sync = new Sync(state.kept, () => state.account?.participants ?? [], (connection) => {
    state.connection = connection;
    changed();
  });
}

/** Ask the server who is signed in. Returns false when nobody is; without a network the phone's knowledge stands. */
export async function refresh() {
  try {
    const me = await ask("GET", "/me");
    await state.device.set("account", me);
    if (me.account_id === state.account?.account_id) {
      state.account = me;
      state.participant = me.participants.find(({ id }) => id === state.participant?.id) ?? me.participants[0] ?? null;
    } else await enter(me);
    if (state.protocol?.hash !== me.protocol || !state.protocol) {
      state.protocol = await ask("GET", "/protocol");
      await state.kept.set("protocol", state.protocol);
    }
    await Promise.all(me.participants.filter(({ role }) => role !== "carer").map(fetchConsents));
    await noteUnread();
    if (state.config.faces && !(await state.kept.get("faces"))) await fetchFaces();
    return true;
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 401) {
      state.connection = "signed_out";
      return false;
    }
    if (failure instanceof Refused || failure instanceof NoAnswer) {
      state.connection = failure instanceof NoAnswer ? "offline" : "busy";
      return true;
    }
    throw failure;
  }
}

/** Which texts wait for whom; without an answer, what was known stands. */
async function fetchConsents({ id }) {
  try {
    await state.kept.set(`consents ${id}`, await ask("GET", `/participants/${id}/consents`));
  } catch (failure) {
    if (!(failure instanceof Refused || failure instanceof NoAnswer)) throw failure;
  }
}

/** How many messages wait unread; without an answer, what was known stands. */
export async function noteUnread() {
  try {
    await state.kept.set("unread", (await ask("GET", "/inbox?limit=1")).unread);
  } catch (failure) {
    if (!(failure instanceof Refused || failure instanceof NoAnswer)) throw failure;
  }
}

/** The site's licensed faces, kept for when there is no network. */
async function fetchFaces() {
  const faces = {};
  for (const score of [0, 2, 4, 6, 8, 10]) {
    const answer = await fetch(`/api/v1/pain-faces/${score}`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    faces[score] = await answer.blob();
  }
  await state.kept.set("faces", faces);
}

const collections = () => state.account?.participants.map(({ collection }) => collection).join();

/** Whatever is waiting, send it now; fetch what is new. */
export async function sendNow() {
  if (!state.account) return;
  if (!state.protocol) await refresh();
  if (!state.sync) return;
  const before = collections();
  await state.sync.now();
  if (collections() === before) return;
  await refresh();  // the answers told that collection has stopped or begun: whose word is missing now?
  changed();
}

export async function choose(participant) {
  state.participant = participant;
  await state.device.set("participant", participant.id);
  changed();
}

/** How this family calls the child on this phone; the server only knows the code. */
export const nameOf = (participant) => state.names[participant.id] || participant.code;

export async function rename(participant, name) {
  state.names = { ...state.names, [participant.id]: name.trim() };
  await state.kept.set("names", state.names);
}

/** Sign this phone out, or with "/sessions" every device. The diary and what is unsent stay on it, for when the same person signs in again. */
export async function signOut(which = "/sessions/current") {
  await forgetPush();
  await ask("DELETE", which).catch((failure) => {
    if (failure instanceof Refused && failure.status === 401) return;  // signed out already
    throw failure;
  });
  await state.device.write(["values"], (kept) => kept.values.delete("account"));
  Object.assign(state, { account: null, participant: null, kept: null, diary: null, sync: null, protocol: null });
}

/** The server ends it with the session; this browser shall not keep it either. */
async function forgetPush() {
  const registration = await navigator.serviceWorker?.getRegistration("/app/");
  const found = await registration?.pushManager?.getSubscription().catch(() => null);
  await found?.unsubscribe().catch(() => {});
}

/** What the edit checks may know besides the answers. A "just now" by a clock that is fast is not the person's mistake. */
export async function known() {
  const skew = (await state.kept.get("clock_skew")) ?? 0;
  const { birth_month, gestational_days, enrolled_at, observer_rated } = state.participant;
  const { forms, pain_scales } = state.protocol ?? {};
  return {
    now: Date.now() - Math.min(skew, 0), birth_month, gestational_days, enrolled_at, observer_rated, forms, pain_scales,
  };
}

/** The same for one entry: when it was told first, and since when its parent can have happened. */
export async function knownAbout(entry, data) {
  const about = await known();
  const firstTold = (told) => new Date(told.received_at ?? told.made_at ?? about.now).getTime();
  const parent = data.parent_id ? await state.diary.entry(data.parent_id) : null;
  const span = parent && occurredSpan(about.forms?.[parent.kind], parent.data, { ...about, now: firstTold(parent) });
  return { ...about, ...(entry ? { told_at: Math.min(firstTold(entry), about.now) } : {}), parent_from: span?.[0] ?? null };
}
