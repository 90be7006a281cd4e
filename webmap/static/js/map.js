// The planners' map: choices in the address, works from the server, both shown together.

import { choices, choose, position, rememberPosition } from "./address.js";
import { addBasemaps } from "./basemap.js";
import { nameReports, showFacets, showLegend } from "./facets.js";
import { listing, table } from "./listing.js";
import { element, settings, text } from "./settings.js";
import { TiledWorks } from "./tiled_works.js";
import { showWorks } from "./works_layer.js";

const map = window.map_guatu;
const layerOf = (sector) => window[`feature_group_${sector}`];
const CLOSEST = 16; // zoom at which one work is shown: its street and the next
const NARROW = matchMedia("(max-width: 1300px)"); // where an open legend would hide much of the map

let markers = new Map();
let tiles = null; // of a selection too large to be sent whole
let current = null;
let hovered = null;
let turn = 0;
const titles = ask(settings.addresses.reports);

map.attributionControl.setPrefix(false);
L.control.scale({ imperial: false }).addTo(map);
showLegend();

async function ask(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function popup(id, properties) {
  const { name, extent_from: from, extent_to: to, status, precision, confidence, reason, sector, sentence, county, year } = properties;
  const facts = [settings.labels.sector[sector], settings.labels.status[status]].join(" · ");
  const sure = confidence == null ? "" : `（${text("confidence", { p: Math.round(confidence * 100) })}）`;
  return element("article", { className: "popup" },
    element("h2", { content: name + (from ? `（${from}–${to}）` : "") }),
    element("p", { className: "facts", content: `${county} ${year} · ${facts}` }),
    element("p", { className: "sentence", content: sentence }),
    element("p", { className: "reason", content: `${settings.labels.precision[precision]}${sure}：${reason}` }),
    element("a", { className: "button", content: text("open"), href: settings.addresses.work.replace(/0$/, id) }),
    ...(editor ? [editButton(id)] : []));
}

function editButton(id) {
  const button = element("button", { type: "button", className: "quiet", content: text("edit") });
  button.addEventListener("click", () => { map.closePopup(); editor.open(id); });
  return button;
}

function ring(id, on) {
  const marker = markers.get(id);
  if (!marker?._map) return;
  marker.options.sign.current = on;
  marker.redraw();
}

function mark(id) {
  if (current) ring(current, false);
  current = id;
  if (id) ring(id, true);
  underline();
}

/** Shows in the lists which work is the current one. */
function underline() {
  for (const item of document.querySelectorAll(".panel [data-work]")) {
    const isCurrent = Number(item.dataset.work) === current;
    if (isCurrent && !item.classList.contains("current")) item.scrollIntoView({ block: "nearest" });
    item.classList.toggle("current", isCurrent);
  }
}

/** What the pointer is over, on the map or in a list, is marked in the other. */
function hover(id) {
  if (hovered && hovered !== current) ring(hovered, false);
  hovered = id;
  if (id) ring(id, true);
  for (const item of document.querySelectorAll(".panel [data-work]")) item.classList.toggle("hovered", Number(item.dataset.work) === id);
}

/** A disc that is drawn now. */
function meet(id, marker) {
  markers.set(id, marker);
  marker.on("mouseover", () => hover(id)).on("mouseout", () => hover(null));
  if (id === current) marker.options.sign.current = true;
}

async function open(id) {
  mark(id);
  const [feature] = (await ask(`${settings.addresses.download}?work=${id}`)).features;
  if (!feature || current !== id) return;
  const marker = markers.get(id);
  const where = marker?._map ? marker.getLatLng() : feature.geometry && L.geoJSON(feature.geometry).getBounds().getCenter();
  if (!where) return;
  L.popup({ maxWidth: 340, offset: L.point(marker?.options.offset ?? [0, 0]).subtract([0, 8]) })
    .setLatLng(where).setContent(popup(id, feature.properties)).openOn(map);
}

async function show(id) {
  let where = markers.get(id)?.getLatLng();
  if (!where) {
    const [feature] = (await ask(`${settings.addresses.download}?work=${id}`)).features;
    if (!feature?.geometry) return;
    where = L.geoJSON(feature.geometry).getBounds().getCenter();
  }
  map.setView(where, Math.max(map.getZoom(), tiles ? CLOSEST : 14), { animate: false }); // the popup that follows stands still
  open(id);
}

const following = { onShow: show, onHover: hover, onShown: underline };
const lists = {
  listing: table(document.getElementById("listing"), following),
  unplaced: listing(document.getElementById("unplaced"), { precision: "none" }, following),
};
const editor = document.getElementById("editor") && (await import("./editor.js")).openEditor(map, { changed: () => refresh() });
document.getElementById("start-queue")?.addEventListener("click", () => editor.startQueue());

function say(words) {
  const notice = document.getElementById("notice");
  notice.textContent = words;
  notice.hidden = !words;
}

/** The choices, of the sectors alone whose layers are shown; null where none is. */
function shownOf(chosen) {
  const sectors = Object.keys(settings.signs);
  const shown = sectors.filter((sector) => map.hasLayer(layerOf(sector)));
  if (shown.length === sectors.length) return chosen;
  const wanted = chosen.getAll("sector");
  const left = wanted.length ? shown.filter((sector) => wanted.includes(sector)) : shown;
  const asked = new URLSearchParams(chosen);
  asked.delete("sector");
  for (const sector of left) asked.append("sector", sector);
  return left.length ? asked : null;
}

function showTiles() {
  tiles?.remove();
  markers = new Map();
  const chosen = shownOf(choices());
  tiles = chosen ? new TiledWorks(chosen, { seen: meet, onOpen: open }).addTo(map) : new L.LayerGroup();
}

/** Shows what the address asks for; `first` is where the page says that its first counts are, with the box of the works. */
async function refresh(first = null) {
  const mine = (turn += 1);
  const chosen = choices();
  document.getElementById("download").href = `${settings.addresses.download}?${chosen}`;
  document.getElementById("downloads").href = `${settings.addresses.downloads}?${chosen}`;
  for (const link of document.querySelectorAll("a.with-choices")) link.search = chosen;
  document.querySelector("#search input").value = chosen.get("words") ?? "";
  try {
    const [state] = await Promise.all([
      ask(first ?? `${settings.addresses.facets}?${chosen}`),
      ...Object.entries(lists).filter(([name]) => !document.getElementById(name).hidden).map(([, list]) => list.load())]);
    if (mine !== turn) return;
    const whole = state.tiled ? { features: [] } : ask(`${settings.addresses.works}?${chosen}`);
    if (first && !left && state.bbox) {
      const [west, south, east, north] = state.bbox;
      map.fitBounds([[south, west], [north, east]], { maxZoom: CLOSEST, padding: [40, 40], animate: false });
    }
    if (state.tiled) showTiles(); // asked for first, so that they come while the choices are filled
    nameReports(await titles);
    const works = await whole;
    if (mine !== turn) return;
    if (!state.tiled) {
      tiles?.remove();
      tiles = null;
      markers = new Map();
    }
    for (const [id, marker] of showWorks(works, layerOf, open)) meet(id, marker);
    document.getElementById("tally").textContent = state.works ? text("shown", { n: state.works, placed: state.placed }) : text("none");
    document.getElementById("unplaced-count").textContent = state.counts.precision.none ?? 0;
    showFacets(state.counts);
    say("");
  } catch (error) {
    if (mine === turn) say(text("failed"));
    throw error;
  }
}

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", String(other === tab));
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
    document.body.classList.toggle("listing", tab.getAttribute("aria-controls") === "listing");
    map.invalidateSize({ animate: false });
    lists[tab.getAttribute("aria-controls")]?.load();
  });
}

document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
let typing;
document.querySelector("#search input").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const chosen = choices();
    chosen.delete("words");
    if (event.target.value.trim()) chosen.set("words", event.target.value.trim());
    choose(chosen, { push: false });
  }, 250); // ms: after a word, not after every stroke
});
document.getElementById("clear").addEventListener("click", () => choose(new URLSearchParams()));
const toggle = document.getElementById("show-panel");
toggle.addEventListener("click", () => {
  const shown = document.getElementById("panel").classList.toggle("shown");
  toggle.setAttribute("aria-expanded", String(shown));
});
if (NARROW.matches) document.querySelector(".legend").open = false;

addEventListener("chosen", () => refresh());
map.on("overlayadd overlayremove", () => tiles && showTiles());
map.on("moveend", () => rememberPosition(map));
map.on("popupclose", () => mark(null));

const left = position();
if (left) map.setView(left.center, left.zoom);
await refresh(document.querySelector("link[as=fetch]").href).finally(() => addBasemaps(map, settings)); // else the tiles of all China come first
document.body.dataset.ready = "true";
