// The service worker: keeps the shell of one version as a whole, so that the page opens without a network.
// It never touches /api: entries live in IndexedDB, and only the page sends them.
const { version, files } = "SHELL";
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
