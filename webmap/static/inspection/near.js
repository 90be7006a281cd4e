// How far and which way: on the sphere, from where the device is to the nearest point of a work.

import { linesOf } from "./shapes.js";

const EARTH_M = 6_371_008.8; // mean radius, IUGG
const RADIANS = Math.PI / 180;
const LONGEST_ROUND = 400; // works that are put in order; beyond it, the nearest ones
const PASSES = 6; // of uncrossing a round: more changes little

/** Metres between two [lon, lat] (haversine). */
export function distance([lon1, lat1], [lon2, lat2]) {
  const a = Math.sin(((lat2 - lat1) * RADIANS) / 2) ** 2
    + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * Math.sin(((lon2 - lon1) * RADIANS) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Degrees clockwise from north that lead from one [lon, lat] to another. */
export function bearing([lon1, lat1], [lon2, lat2]) {
  const [a, b, step] = [lat1 * RADIANS, lat2 * RADIANS, (lon2 - lon1) * RADIANS];
  const degrees = Math.atan2(Math.sin(step) * Math.cos(b), Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(step)) / RADIANS;
  return (degrees + 360) % 360;
}

function onSegment([x, y], [x1, y1], [x2, y2]) {
  const scale = Math.cos(y * RADIANS);
  const [dx, dy] = [(x2 - x1) * scale, y2 - y1];
  const length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((x - x1) * scale * dx + (y - y1) * dy) / length)) : 0;
  return [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
}

/** The point of a GeoJSON geometry that lies nearest to [lon, lat]. */
export function nearestPoint(from, geometry) {
  let [best, least] = [null, Infinity];
  for (const line of linesOf(geometry)) {
    for (let i = 0; i < Math.max(1, line.length - 1); i++) {
      const point = onSegment(from, line[i], line[i + 1] ?? line[i]);
      const metres = distance(from, point);
      if (metres < least) [best, least] = [point, metres];
    }
  }
  return best;
}

/** { metres, degrees, point } from [lon, lat] to a work; null where the work has no place. */
export function wayTo(from, work) {
  if (!work.geometry) return null;
  const point = nearestPoint(from, work.geometry);
  return { metres: distance(from, point), degrees: bearing(from, point), point };
}

/** Works in an order to visit them in: from `start` always to the nearest, then uncrossed (2-opt). Those without a place last. */
export function round(start, works) {
  const placed = works.filter(({ geometry }) => geometry).map((work) => ({ work, at: nearestPoint(start, work.geometry) }));
  placed.sort((a, b) => distance(start, a.at) - distance(start, b.at));
  const rest = placed.splice(LONGEST_ROUND);
  const way = [];
  let at = start;
  while (placed.length) {
    let nearest = 0;
    for (let i = 1; i < placed.length; i++) if (distance(at, placed[i].at) < distance(at, placed[nearest].at)) nearest = i;
    const [next] = placed.splice(nearest, 1);
    way.push(next);
    at = next.at;
  }
  const place = (i) => (i < 0 ? start : way[i].at);
  for (let pass = 0, better = true; better && pass < PASSES; pass++) {
    better = false;
    for (let i = 0; i < way.length - 1; i++) {
      for (let j = i + 1; j < way.length; j++) {
        const after = j + 1 < way.length ? way[j + 1].at : null;
        const now = distance(place(i - 1), way[i].at) + (after ? distance(way[j].at, after) : 0);
        const turned = distance(place(i - 1), way[j].at) + (after ? distance(way[i].at, after) : 0);
        if (turned < now - 1) {
          way.splice(i, j - i + 1, ...way.slice(i, j + 1).reverse());
          better = true;
        }
      }
    }
  }
  return [...way.map(({ work }) => work), ...rest.map(({ work }) => work), ...works.filter(({ geometry }) => !geometry)];
}
