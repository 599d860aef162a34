// The service worker: keeps the shell of one version as a whole, so that the page opens without a network.
// Entries live in IndexedDB, and only the page sends them. What is pushed is shown as it came: it says nothing by itself.
const { version, files, app_name: appName } = "SHELL";
const SHELL = `shell-${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

// A new version waits until the person asks for it: it must not change the page under an open draft.
self.addEventListener("message", (event) => {
  if (event.data === "use the new version") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith("/app/")) return;
  const wanted = event.request.mode === "navigate" ? "/app/" : url.pathname;
  event.respondWith((async () => (await (await caches.open(SHELL)).match(wanted)) ?? fetch(event.request))());
});

self.addEventListener("push", (event) => {
  const { title = appName, body, tag, silent, data } = said(event.data);
  event.waitUntil((async () => {
    await self.registration.showNotification(title, { body, tag, silent: Boolean(silent), icon: "/app/icon.svg", data });
    await tell(data, "displayed");
  })());
});

/** The notification of a declarative push; a browser that gets one must show something, whatever it holds. */
function said(data) {
  try { return data.json().notification ?? {}; } catch { return {}; }
}

const noticeIn = (data) => (/^[0-9a-f-]{36}$/.test(data?.notice) ? data.notice : null);

/** Nobody knows that a push was shown unless the phone says so. */
async function tell(data, event) {
  if (!noticeIn(data)) return;
  await fetch(`/api/v1/inbox/${noticeIn(data)}/receipt`, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ channel: "push", event }),
  }).catch(() => {});
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { data } = event.notification;
  const place = noticeIn(data) ? `notice/${noticeIn(data)}` : "";
  event.waitUntil((async () => {
    const [page] = await self.clients.matchAll({ type: "window" });
    if (page) {
      page.postMessage({ go: place });
      await page.focus();
    } else await self.clients.openWindow(`/app/#/${place}`);
    await tell(data, "opened");
  })());
});
