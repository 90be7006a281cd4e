// The service worker: keeps the page's shell, answers with the area that was taken along, and sends checks in the background.

import { openStore } from "./store.js";
import { sendAll } from "./sync.js";

const SHELL = "shell-";
const AREA = "area-";
export const SEND_TAG = "send-checks";

async function fromCaches(request, prefix) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(prefix)) continue;
    const found = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (found) return found;
  }
  return null;
}

async function kept(request, prefix) {
  return (await fromCaches(request, prefix)) ?? fetch(request);
}

async function keptTile(request) {
  const found = await fromCaches(request, AREA);
  if (found) return found;
  try {
    return await fetch(request);
  } catch {
    return new Response(null, { status: 204 }); // outside of what was taken along: an empty tile
  }
}

/** Serves the page at `home` with the files `shell` of a `version`. */
export function serve({ version, shell, home }) {
  const cacheName = SHELL + version;

  addEventListener("install", (event) => {
    event.waitUntil((async () => {
      const cache = await caches.open(cacheName);
      await cache.addAll(shell.map((address) => new Request(address, { cache: "reload" })));
      await skipWaiting();
    })());
  });

  addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      for (const name of await caches.keys()) if (name.startsWith(SHELL) && name !== cacheName) await caches.delete(name);
      await clients.claim();
    })());
  });

  addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (pathname === home) event.respondWith(kept(new Request(home), SHELL));
    else if (shell.includes(pathname)) event.respondWith(kept(new Request(pathname), SHELL));
    else if (pathname.startsWith("/tiles/")) event.respondWith(keptTile(request));
    else if (pathname.startsWith(`${home}photos/`)) event.respondWith(kept(request, AREA));
  });

  addEventListener("sync", (event) => {
    if (event.tag !== SEND_TAG) return;
    event.waitUntil((async () => {
      const store = await openStore();
      try {
        const { done, why } = await sendAll(await store.fact("addresses"), store);
        if (!done && why !== "running") throw new Error(why); // the browser tries again later
      } finally {
        store.close();
        for (const client of await clients.matchAll()) client.postMessage("sent");
      }
    })());
  });
}
