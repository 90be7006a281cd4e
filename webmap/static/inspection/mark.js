// The place that is being marked, on the map: its outline, round grips on its corners, and one to move all of it.

import { handlesOf, linesOf, pulled, shapeOf, shifted } from "./shapes.js";

const LOOK = { color: "#0b57d0", weight: 6, fillColor: "#0b57d0", fillOpacity: 0.25, interactive: false };
const GRIP = 44; // pixels: of a fingertip in a glove

const gripIcon = (kind, anchor) => L.divIcon({ className: `grip ${kind}`, iconSize: [GRIP, GRIP], iconAnchor: anchor });
const CORNER = gripIcon("corner", [GRIP / 2, GRIP / 2]);
const PIN = gripIcon("pin", [GRIP / 2, GRIP]); // its tip is the place
const WHOLE = gripIcon("whole", [GRIP / 2, GRIP * 1.6]); // above the middle, so that it hides no corner

const degrees = ({ lat, lng }) => [lng, lat];

/** Where the grip of a whole geometry belongs: [lon, lat]. */
export function middleOf(geometry) {
  return degrees(L.latLngBounds(linesOf(geometry).flat().map(([lon, lat]) => [lat, lon])).getCenter());
}

/** Marks places on a map. `onDrag` gets the geometry after it was dragged. */
export function placeMark(map, onDrag) {
  const layer = L.layerGroup().addTo(map);
  let dragging = false;

  /** Shows a geometry, or nothing; while it is being dragged, what is under the finger stays. */
  function show(geometry) {
    if (dragging) return;
    layer.clearLayers();
    if (!geometry) return;
    const outline = L.geoJSON(geometry, { style: LOOK, pointToLayer: () => L.layerGroup() }).addTo(layer);
    const grip = ([lon, lat], icon, changed) => {
      let after = geometry;
      L.marker([lat, lon], { icon, draggable: true, autoPan: true, keyboard: false })
        .on("dragstart", () => { dragging = true; })
        .on("drag", ({ target }) => {
          after = changed(degrees(target.getLatLng()));
          outline.clearLayers().addData(after);
        })
        .on("dragend", () => { dragging = false; onDrag(after); })
        .addTo(layer);
    };
    const handles = handlesOf(geometry);
    for (const handle of handles) {
      grip(linesOf(geometry)[handle.line][handle.index], CORNER, (to) => pulled(geometry, handles, handle, to));
    }
    const middle = middleOf(geometry);
    grip(middle, shapeOf(geometry) === "point" ? PIN : WHOLE, (to) => shifted(geometry, [to[0] - middle[0], to[1] - middle[1]]));
  }

  return { show };
}
