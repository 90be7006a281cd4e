// The planners' map: choices in the address, works from the server, both shown together.

import { choices, choose, position, rememberPosition } from "./address.js";
import { basemap } from "./basemap.js";
import { showFacets, showLegend } from "./facets.js";
import { listing } from "./listing.js";
import { element, settings, text } from "./settings.js";
import { showWorks } from "./works_layer.js";

const map = window.map_guatu;
const layerOf = (sector) => window[`feature_group_${sector}`];
const CLOSEST = 16; // zoom at which one work is shown: its street and the next
const NARROW = matchMedia("(max-width: 1200px)"); // where an open legend would hide much of the map

let markers = new Map();
let current = null;
let turn = 0;

basemap(settings.addresses.tiles, settings.attribution).addTo(map);
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
    element("a", { className: "button", content: text("open"), href: settings.addresses.work.replace(/0$/, id) }));
}

function mark(id) {
  if (current && markers.has(current)) markers.get(current).options.sign.current = false;
  current = id;
  const marker = markers.get(id);
  if (marker) {
    marker.options.sign.current = true;
    marker.redraw();
  }
  for (const item of document.querySelectorAll("[data-work]")) item.classList.toggle("current", Number(item.dataset.work) === id);
}

async function open(id) {
  const marker = markers.get(id);
  if (!marker) return;
  mark(id);
  const [feature] = (await ask(`${settings.addresses.download}?work=${id}`)).features;
  if (!feature || current !== id) return;
  L.popup({ maxWidth: 340, offset: L.point(marker.options.offset).subtract([0, 8]) })
    .setLatLng(marker.getLatLng()).setContent(popup(id, feature.properties)).openOn(map);
}

function show(id) {
  const marker = markers.get(id);
  if (!marker) return;
  map.setView(marker.getLatLng(), Math.max(map.getZoom(), Math.min(CLOSEST, 14)));
  open(id);
}

const lists = {
  listing: listing(document.getElementById("listing"), {}, show),
  unplaced: listing(document.getElementById("unplaced"), { precision: "none" }, show),
};

function say(words) {
  const notice = document.getElementById("notice");
  notice.textContent = words;
  notice.hidden = !words;
}

async function refresh({ move = false } = {}) {
  const mine = (turn += 1);
  const chosen = choices();
  document.getElementById("download").href = `${settings.addresses.download}?${chosen}`;
  document.querySelector("#search input").value = chosen.get("words") ?? "";
  try {
    const [state, works] = await Promise.all([
      ask(`${settings.addresses.facets}?${chosen}`), ask(`${settings.addresses.works}?${chosen}`),
      ...Object.entries(lists).filter(([name]) => !document.getElementById(name).hidden).map(([, list]) => list.load())]);
    if (mine !== turn) return;
    showFacets(state.counts);
    markers = showWorks(works, layerOf, open);
    document.getElementById("tally").textContent = state.works ? text("shown", { n: state.works, placed: state.placed }) : text("none");
    document.getElementById("unplaced-count").textContent = state.counts.precision.none ?? 0;
    if (move && state.bbox) {
      const [west, south, east, north] = state.bbox;
      map.fitBounds([[south, west], [north, east]], { maxZoom: CLOSEST, padding: [40, 40], animate: false });
    }
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
map.on("moveend", () => rememberPosition(map));
map.on("popupclose", () => mark(null));

const left = position();
if (left) map.setView(left.center, left.zoom);
await refresh({ move: !left });
document.body.dataset.ready = "true";
