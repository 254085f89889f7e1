// Shows the offline page where the network is gone. No page of the author's is ever kept: each comes from the site or not at all.
const PREFIX = "linklog-write-";
const CACHE = PREFIX + "{{ version }}";
const OFFLINE = "{{ offline }}";
const FILES = [{% for file in files %}"{{ file }}", {% endfor %}];

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  else if (FILES.includes(address.pathname + address.search)) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([OFFLINE, ...FILES].map((file) => new Request(file, { credentials: "omit", cache: "reload" })));
  await self.skipWaiting();
}

async function takeOver() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) || Response.error();
}
