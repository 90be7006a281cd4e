// Taking an area along: its works, the base map under them and earlier photos, all on the tablet before leaving.

const MAX_ZOOM = 16; // of the base map's tiles; closer up they are scaled
const MIN_ZOOM = 9;
const WHOLE_ZOOM = 13; // up to which the whole area is taken, beyond it only what lies around works
const MARGIN_DEGREES = 0.03; // around the works: some 3 km
const MAX_TILES = 4000; // some 40 MB
const AT_ONCE = 6; // requests: what a browser sends to one host anyway
const PREFIX = "area-";

const column = (lon, zoom) => Math.floor(((lon + 180) / 360) * 2 ** zoom);
const row = (lat, zoom) => {
  const radians = (Math.max(-85, Math.min(85, lat)) * Math.PI) / 180;
  return Math.floor(((1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2) * 2 ** zoom);
};

/** [west, south, east, north] of a GeoJSON geometry. */
export function boxOf({ coordinates }) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const grow = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part.forEach(grow);
  };
  grow(coordinates);
  return box;
}

/** The tiles that the base map needs for some works, from afar to close up, at most MAX_TILES. */
export function tilesFor(works) {
  const boxes = works.filter(({ geometry, precision }) => geometry && precision !== "county").map(({ geometry }) => boxOf(geometry));
  if (!boxes.length) return [];
  const all = boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
  const tiles = new Set();
  const take = ([west, south, east, north], zoom, margin) => {
    for (let x = column(west - margin, zoom); x <= column(east + margin, zoom); x++) {
      for (let y = row(north + margin, zoom); y <= row(south - margin, zoom); y++) {
        if (tiles.size < MAX_TILES) tiles.add(`${zoom}/${x}/${y}`);
      }
    }
  };
  for (let zoom = MIN_ZOOM; zoom <= WHOLE_ZOOM; zoom++) take(all, zoom, MARGIN_DEGREES);
  for (let zoom = WHOLE_ZOOM + 1; zoom <= MAX_ZOOM; zoom++) for (const box of boxes) take(box, zoom, MARGIN_DEGREES / 4);
  return [...tiles].map((tile) => tile.split("/").map(Number));
}

/**
 * Loads the works that `query` asks for with their base map and photos, and puts them in place of the area before, all or
 * nothing. `onProgress` gets { works, done, tiles, bytes }. Returns the area: { works, tiles, bytes, at, query, cache }.
 */
export async function takeAlong(addresses, store, query, onProgress) {
  const response = await fetch(`${addresses.works}?${query}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  const body = await response.text();
  const { works } = JSON.parse(body);
  const photos = works.flatMap(({ inspections }) => inspections.flatMap((inspection) => inspection.photos));
  const wanted = tilesFor(works).map(([z, x, y]) => addresses.tiles.replace("{z}", z).replace("{x}", x).replace("{y}", y))
    .concat(photos.map((id) => `${addresses.photos}/${id}.jpg`));
  const cacheName = `${PREFIX}${Date.now()}`;
  const cache = await caches.open(cacheName);
  const state = { works: works.length, done: 0, tiles: wanted.length, bytes: new Blob([body]).size };
  onProgress(state);
  const left = [...wanted];
  const load = async () => {
    for (let address = left.shift(); address; address = left.shift()) {
      const tile = await fetch(address);
      if (!tile.ok && tile.status !== 404) throw new Error(tile.statusText);
      if (tile.ok) {
        state.bytes += (await tile.clone().blob()).size;
        await cache.put(address, tile);
      }
      state.done += 1;
      onProgress(state);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, load));
    const area = { ...state, at: Date.now(), query: String(query), cache: cacheName };
    await store.replaceWorks(works, area);
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== cacheName) await caches.delete(name);
    return area;
  } catch (error) {
    left.length = 0;
    await caches.delete(cacheName);
    throw error;
  }
}

/** The works of the kept area as the server has them now, without the base map. */
export async function refreshWorks(addresses, store) {
  const area = await store.fact("area");
  if (!area) return false;
  const response = await fetch(`${addresses.works}?${area.query}`, { headers: { Accept: "application/json" } });
  if (!response.ok) return false;
  const { works } = await response.json();
  await store.replaceWorks(works, { ...area, works: works.length });
  return true;
}
