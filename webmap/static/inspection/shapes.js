// The shape of a place that is being marked: begun by taps, or taken from the map and dragged. GeoJSON in [lon, lat]; what comes
// in is never changed.

const MAX_HANDLES = 24; // by which a shape is dragged: more cannot be told apart under a glove
const FINEST_DEGREES = 1e-5; // some metre
const COARSEST_DEGREES = 1;

/** The lines and rings of a geometry; a point as a line of one. */
export function linesOf({ type, coordinates }) {
  switch (type) {
    case "Point": return [[coordinates]];
    case "MultiPoint": return coordinates.map((point) => [point]);
    case "LineString": return [coordinates];
    case "MultiPolygon": return coordinates.flat();
    default: return coordinates; // MultiLineString, Polygon
  }
}

/** Which of "point", "line" and "area" a geometry is. */
export const shapeOf = ({ type }) => (type.endsWith("LineString") ? "line" : type.endsWith("Polygon") ? "area" : "point");

const isArea = (geometry) => shapeOf(geometry) === "area";
const same = (a, b) => a[0] === b[0] && a[1] === b[1];

/** How many points somebody has set. */
export function pointsOf(geometry) {
  const lines = linesOf(geometry);
  return lines.reduce((sum, line) => sum + line.length, 0) - (isArea(geometry) ? lines.length : 0);
}

/** Whether there are enough points: one, two of a line, three of an area. */
export const isWhole = (geometry) => linesOf(geometry).every((line) => line.length > { point: 0, line: 1, area: 3 }[shapeOf(geometry)]);

/** A drawing of a shape with one more point; `geometry` is null before the first. */
export function withPoint(geometry, shape, point) {
  if (shape === "point") return { type: "Point", coordinates: point };
  const line = geometry ? linesOf(geometry)[0] : [];
  const set = shape === "area" ? line.slice(0, -1) : line;
  if (set.length && same(set.at(-1), point)) return geometry; // tapped twice
  if (shape === "line") return { type: "LineString", coordinates: [...set, point] };
  return { type: "Polygon", coordinates: [[...set, point, set[0] ?? point]] };
}

/** A drawing without its last point; null when none is left. */
export function withoutPoint(geometry) {
  const shape = shapeOf(geometry);
  const [line] = linesOf(geometry);
  const set = line.slice(0, shape === "area" ? -2 : -1);
  if (!set.length) return null;
  return shape === "line" ? { type: "LineString", coordinates: set } : { type: "Polygon", coordinates: [[...set, set[0]]] };
}

/** A geometry moved by [degrees east, degrees north]. */
export function shifted({ type, coordinates }, [east, north]) {
  const shift = (part) => (typeof part[0] === "number" ? [part[0] + east, part[1] + north] : part.map(shift));
  return { type, coordinates: shift(coordinates) };
}

/** The corners of a line, as indices: its ends, and what a coarser and coarser line keeps (Douglas-Peucker). */
function corners(line, tolerance, ring) {
  const points = line.map(([x, y], index) => Object.assign(L.point(x, y), { index }));
  const kept = L.LineUtil.simplify(points, tolerance).map(({ index }) => index);
  return ring ? kept.slice(0, -1) : kept;
}

/** The points by which a line or an area is dragged into shape: [{ line, index }], at most MAX_HANDLES; none of a point. */
export function handlesOf(geometry) {
  if (shapeOf(geometry) === "point") return [];
  const ring = isArea(geometry);
  for (let tolerance = FINEST_DEGREES; tolerance < COARSEST_DEGREES; tolerance *= 2) {
    const handles = linesOf(geometry).flatMap((points, line) => corners(points, tolerance, ring).map((index) => ({ line, index })));
    if (handles.length <= MAX_HANDLES) return handles;
  }
  return []; // too many parts: it is moved as a whole
}

/** A geometry with one of its handles at `to`; what lies between it and the handles beside it is pulled along. */
export function pulled(geometry, handles, { line, index }, to) {
  const copy = structuredClone(geometry);
  const points = linesOf(copy)[line];
  const ring = isArea(geometry);
  const length = points.length - (ring ? 1 : 0); // a ring ends where it begins
  const beside = handles.filter((handle) => handle.line === line).map((handle) => handle.index);
  const at = beside.indexOf(index);
  const before = beside[at - 1] ?? (ring ? beside.at(-1) - length : index);
  const after = beside[at + 1] ?? (ring ? beside[0] + length : index);
  const way = [to[0] - points[index][0], to[1] - points[index][1]];
  for (let i = before; i <= after; i++) {
    const share = i < index ? (i - before) / (index - before) : i > index ? (after - i) / (after - index) : 1;
    const point = points[(i + length) % length];
    points[(i + length) % length] = [point[0] + share * way[0], point[1] + share * way[1]];
  }
  if (ring) points[length] = points[0];
  return copy;
}

const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

function crosses(rings) {
  const pieces = rings.flatMap((ring) => ring.slice(1).map((end, i) => [ring[i], end]));
  for (let i = 0; i < pieces.length; i++) {
    const [a, b] = pieces[i];
    for (let j = i + 1; j < pieces.length; j++) {
      const [c, d] = pieces[j];
      if (Math.min(a[0], b[0]) > Math.max(c[0], d[0]) || Math.min(c[0], d[0]) > Math.max(a[0], b[0])) continue;
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

const crossing = new WeakMap(); // asked with every position, and slow for a long boundary

/** Whether the boundary of an area crosses itself: such an area is none. */
export function crossesItself(geometry) {
  if (!isArea(geometry)) return false;
  if (!crossing.has(geometry)) crossing.set(geometry, crosses(linesOf(geometry)));
  return crossing.get(geometry);
}
