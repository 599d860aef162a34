// Being told by push in this browser: asked for by a tap, said to the server anew at each start (browsers forget).
import { ask } from "./answers.js";
import { state } from "./state.js";
import { newId } from "./store.js";

/** On an iPhone only where the page was added to the home screen. */
export const isPossible = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const worker = () => navigator.serviceWorker.getRegistration("/app/");

async function subscription() {
  return (await (await worker())?.pushManager.getSubscription()) ?? null;
}

/** With which a browser subscribes; null where this server pushes to no browser. */
export const serverKey = async () => (await ask("GET", "/push-services")).web_push_key;

/** "on", "off", "denied" by the browser, or "impossible" here. */
export async function standing() {
  if (!isPossible()) return "impossible";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && (await subscription()) ? "on" : "off";
}

/** Ask the browser, which asks the person; then the server knows where to push to. Returns how it stands now. */
export async function subscribe() {
  const key = await serverKey();
  if (!key || !isPossible()) return "impossible";
  if ((await Notification.requestPermission()) !== "granted") return standing();
  const registration = await worker();
  if (!registration) return "impossible";
  const asked = { userVisibleOnly: true, applicationServerKey: key };
  try {
    await say(await registration.pushManager.subscribe(asked));
  } catch (failure) {
    if (failure.name !== "InvalidStateError") throw failure;
    await (await registration.pushManager.getSubscription())?.unsubscribe();  // it was for another key of the server's
    await say(await registration.pushManager.subscribe(asked));
  }
  return "on";
}

export async function unsubscribe() {
  await (await subscription())?.unsubscribe();
  const id = await state.device.get("installation_id");
  if (id) await ask("DELETE", `/me/push-devices/${id}`);
}

/** At each start: this browser is still there, perhaps at a new address. */
export async function sayAgain() {
  if ((await standing()) === "on") await say(await subscription());
}

async function say(found) {
  let id = await state.device.get("installation_id");
  if (!id) await state.device.set("installation_id", (id = newId()));
  const { endpoint, keys } = found.toJSON();
  await ask("PUT", `/me/push-devices/${id}`, { service: "web_push", token: endpoint, p256dh: keys.p256dh, auth: keys.auth });
}
