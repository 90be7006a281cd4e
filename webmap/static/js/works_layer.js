// Works of a selection on the map: their lines and areas, and a disc for each, in the layer of their sector.

import { settings } from "./settings.js";
import { CASING, WorkMarker, offsetInFlower, pathStyle } from "./signs.js";

const SAME_POINT = 5; // decimals of a degree (1 m) within which works share one point

/** What a feature's disc shows. */
export function signOf({ sector, status, precision }) {
  return { ...settings.signs[sector], status, precision };
}

/** The point of a feature where its disc lies: the middle of its longest line, the middle of an area's box, or its point. */
function anchor(geometry) {
  switch (geometry.type) {
    case "Point": return L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    case "MultiPoint": return L.latLng(geometry.coordinates[0][1], geometry.coordinates[0][0]);
    case "LineString": return middle(geometry.coordinates);
    case "MultiLineString": return middle(geometry.coordinates.reduce((a, b) => (span(b) > span(a) ? b : a)));
    default: return L.geoJSON(geometry).getBounds().getCenter();
  }
}

function span(line) {
  let length = 0;
  for (let i = 1; i < line.length; i++) length += Math.hypot(line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]);
  return length;
}

function middle(line) {
  let left = span(line) / 2;
  for (let i = 1; i < line.length; i++) {
    const [[x0, y0], [x1, y1]] = [line[i - 1], line[i]];
    const step = Math.hypot(x1 - x0, y1 - y0);
    if (step >= left && step > 0) return L.latLng(y0 + ((y1 - y0) * left) / step, x0 + ((x1 - x0) * left) / step);
    left -= step;
  }
  return L.latLng(line[0][1], line[0][0]);
}

/** Replaces what the sector layers show by a GeoJSON collection; returns the discs by the works' identifiers. */
export function showWorks(collection, layerOf, onOpen) {
  for (const sector of Object.keys(settings.signs)) layerOf(sector).clearLayers();
  const markers = new Map();
  const taken = new Map();
  for (const feature of collection.features) {
    if (!feature.geometry) continue;
    const { properties, geometry, id } = feature;
    const sign = signOf(properties);
    const layer = layerOf(properties.sector);
    const vague = properties.precision === "town" || properties.precision === "county";
    if (!vague && !geometry.type.endsWith("Point")) {
      const isArea = geometry.type.endsWith("Polygon");
      if (!isArea) layer.addLayer(L.geoJSON(geometry, { style: CASING, interactive: false }));
      layer.addLayer(L.geoJSON(geometry, { style: pathStyle({ ...sign }, isArea) }).on("click", () => onOpen(id)));
    }
    const at = anchor(geometry);
    const spot = `${at.lat.toFixed(SAME_POINT)} ${at.lng.toFixed(SAME_POINT)}`;
    const number = taken.get(spot) ?? 0;
    taken.set(spot, number + 1);
    const marker = new WorkMarker(at, { sign, offset: offsetInFlower(number) }).on("click", () => onOpen(id));
    marker.properties = properties;
    markers.set(id, marker);
  }
  for (const marker of markers.values()) layerOf(marker.properties.sector).addLayer(marker); // discs lie above all lines
  return markers;
}
