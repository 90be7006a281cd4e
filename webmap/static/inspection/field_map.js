// The map of the works that were taken along, with the inspector's position and the place that is being marked.

import { basemap } from "../js/basemap.js";
import { settings } from "../js/settings.js";
import { CASING, WorkMarker, offsetInFlower, pathStyle } from "../js/signs.js";
import { placeMark } from "./mark.js";

const CLOSEST = 16; // zoom: a work's street and the next
const VAGUE = new Set(["town", "county"]);

/** A map in `holder`; `onOpen` gets the identifier of a tapped work, `onMark` the [lon, lat] that was
 * tapped while marking, `onDrag` the geometry after it was dragged. */
export function fieldMap(holder, { onOpen, onMark, onDrag }) {
  const map = L.map(holder, { preferCanvas: true, zoomControl: false, maxZoom: 19, zoom: 4, center: [35, 105] });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "bottomright" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const [worksLayer, ownLayer] = [L.layerGroup(), L.layerGroup()].map((layer) => layer.addTo(map));
  const placed = placeMark(map, onDrag);
  let marking = false;
  let framed = false;

  map.on("click", ({ latlng }) => { if (marking) onMark([latlng.lng, latlng.lat]); });

  function showWorks(works, current) {
    worksLayer.clearLayers();
    const taken = new Map();
    const open = (id) => () => { if (!marking) onOpen(id); };
    for (const { id, geometry, sector, status, precision } of works) {
      if (!geometry) continue;
      const sign = { ...settings.signs[sector], status, precision, current: id === current };
      const shape = L.geoJSON(geometry, { style: pathStyle(sign, geometry.type.endsWith("Polygon")), pointToLayer: () => L.layerGroup() });
      if (!VAGUE.has(precision) && !geometry.type.endsWith("Point")) {
        if (geometry.type.endsWith("LineString")) worksLayer.addLayer(L.geoJSON(geometry, { style: CASING }));
        worksLayer.addLayer(shape.on("click", open(id)));
      }
      const bounds = L.geoJSON(geometry).getBounds();
      const at = geometry.type === "Point" ? L.latLng(geometry.coordinates[1], geometry.coordinates[0])
        : geometry.type === "LineString" ? L.latLng(geometry.coordinates[geometry.coordinates.length >> 1].slice().reverse()) : bounds.getCenter();
      const spot = `${at.lat.toFixed(5)} ${at.lng.toFixed(5)}`;
      const number = taken.get(spot) ?? 0;
      taken.set(spot, number + 1);
      worksLayer.addLayer(new WorkMarker(at, { sign, offset: offsetInFlower(number) }).on("click", open(id)));
    }
    if (!framed && works.some(({ geometry }) => geometry)) {
      framed = true;
      map.fitBounds(L.featureGroup(works.filter(({ geometry, precision }) => geometry && precision !== "county")
        .map(({ geometry }) => L.geoJSON(geometry))).getBounds(), { padding: [30, 30], maxZoom: CLOSEST, animate: false });
    }
  }

  function showPosition(position) {
    ownLayer.clearLayers();
    if (!position) return;
    const at = [position.lat, position.lon];
    ownLayer.addLayer(L.circle(at, { radius: position.accuracy_m, color: "#0b57d0", weight: 1, fillOpacity: 0.12, interactive: false }));
    ownLayer.addLayer(L.circleMarker(at, { radius: 9, color: "#fff", weight: 3, fillColor: "#0b57d0", fillOpacity: 1, interactive: false }));
  }

  return {
    drawBase: () => basemap(settings.addresses.tiles, settings.attribution).addTo(map), // slow: when all else is there
    showWorks, showPosition, showMark: placed.show,
    mark(on) { marking = on; holder.classList.toggle("marking", on); },
    goTo([lon, lat]) { map.setView([lat, lon], Math.max(map.getZoom(), CLOSEST), { animate: false }); },
    frame: (geometry) => map.fitBounds(L.geoJSON(geometry).getBounds(), { padding: [40, 40], maxZoom: CLOSEST, animate: false }),
    resize: () => map.invalidateSize(),
  };
}
