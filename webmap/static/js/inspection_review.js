// The map of one inspection: where the work is now, where the inspector says it is, and where the inspector stood.

import { basemap } from "./basemap.js";
import { settings } from "./settings.js";

const LOOKS = { // as the key under the map, in webmap/static/css/guatu.css
  current: { color: "#5d6670", weight: 6 },
  shown: { color: "#8a6100", weight: 4, dashArray: "6 6" },
  found: { color: "#b3261e", weight: 4 },
  inspector: { color: "#0b57d0", weight: 2 },
  photo: { color: "#1b7f5c", weight: 2 },
};
const RADIUS = { current: 12, shown: 10, found: 8, inspector: 6, photo: 4 }; // pixels: those that lie on one point still show
const CLOSEST = 17; // zoom: some houses

const holder = document.getElementById("map");
const map = L.map(holder, { preferCanvas: true, zoom: 4, center: [35, 105] });
map.attributionControl.setPrefix(false);
basemap(settings.addresses.tiles, settings.attribution).addTo(map);
L.control.scale({ imperial: false }).addTo(map);
const response = await fetch(holder.dataset.shapes);
const { features, accuracy_m: accuracy } = await response.json();
const drawn = L.featureGroup(features.map((feature) => {
  const { what } = feature.properties;
  const look = { ...LOOKS[what], fillOpacity: 0.25 };
  return L.geoJSON(feature.geometry, { style: look, pointToLayer: (_, at) => L.circleMarker(at, { ...look, radius: RADIUS[what] }) });
})).addTo(map);
const stood = features.find(({ properties }) => properties.what === "inspector");
if (stood && accuracy) {
  const [lon, lat] = stood.geometry.coordinates;
  L.circle([lat, lon], { radius: accuracy, color: LOOKS.inspector.color, weight: 1, fillOpacity: 0.08 }).addTo(map);
}
if (features.length) map.fitBounds(drawn.getBounds(), { maxZoom: CLOSEST, padding: [40, 40], animate: false });
document.body.dataset.ready = "true";
