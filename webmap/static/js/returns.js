// The small maps of the works that a file changes: where each was, is, and would be. A map is made when it comes into view.

import { basemap } from "./basemap.js";
import { settings } from "./settings.js";

const LOOKS = { // as the key above them, in webmap/static/css/guatu.css; the last lies on top
  shown: { color: "#8a6100", weight: 4, dashArray: "6 6", radius: 10 },
  current: { color: "#5d6670", weight: 6, radius: 9 },
  found: { color: "#b3261e", weight: 3, radius: 7 },
};
const CLOSEST = 16; // zoom: some streets

const holders = document.querySelectorAll(".change-map");
const response = await fetch(document.querySelector(".changes").dataset.shapes);
const shapes = await response.json();

function show(holder) {
  const map = L.map(holder, { preferCanvas: true, scrollWheelZoom: false, zoom: 4, center: [35, 105] });
  map.attributionControl.setPrefix(false);
  basemap(settings.addresses.tiles, settings.attribution).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const places = shapes[holder.dataset.work] ?? {};
  const drawn = L.featureGroup(Object.entries(LOOKS).filter(([what]) => places[what]).map(([what, look]) =>
    L.geoJSON(places[what], { style: { ...look, fillOpacity: 0.2 }, pointToLayer: (_, at) => L.circleMarker(at, { ...look, fillOpacity: 0.2 }) })));
  drawn.addTo(map);
  if (drawn.getLayers().length) map.fitBounds(drawn.getBounds(), { maxZoom: CLOSEST, padding: [30, 30], animate: false });
}

const watch = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) { watch.unobserve(target); show(target); }
  }
}, { rootMargin: "200px" });
for (const holder of holders) watch.observe(holder);
document.body.dataset.ready = "true";
