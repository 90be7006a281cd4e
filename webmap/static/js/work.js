// The small map on a work's page, and going back to an earlier place.

import { addBasemaps } from "./basemap.js";
import { CASING, WorkMarker, pathStyle } from "./signs.js";
import { post } from "./sending.js";
import { settings } from "./settings.js";

const CLOSEST = 16; // zoom: the work's street and the next
const holder = document.getElementById("map");

if (holder) {
  const map = L.map(holder, { preferCanvas: true, scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  addBasemaps(map, settings);
  const response = await fetch(holder.dataset.work);
  const [feature] = (await response.json()).features;
  const { sector, status, precision } = feature.properties;
  const sign = { ...settings.signs[sector], status, precision };
  const isArea = feature.geometry.type.endsWith("Polygon");
  const line = L.geoJSON(feature.geometry, { style: CASING, pointToLayer: (_, at) => new WorkMarker(at, { sign }) }).addTo(map);
  if (!feature.geometry.type.endsWith("Point")) L.geoJSON(feature.geometry, { style: pathStyle(sign, isArea) }).addTo(map);
  map.fitBounds(line.getBounds(), { maxZoom: CLOSEST, padding: [30, 30], animate: false });
}
for (const button of document.querySelectorAll("[data-restore]")) {
  button.addEventListener("click", async () => {
    const address = settings.addresses.place_json.replace("/0/", `/${location.pathname.match(/\d+/)[0]}/`);
    const { status, body } = await post(address, { seen: Number(button.dataset.seen), restore: Number(button.dataset.restore) });
    if (status === 200) location.reload(); else button.after(` ${body.detail}`);
  });
}
document.body.dataset.ready = "true";
