// How works look: a disc with the sector's character, its ring telling the status and its outline the precision, so that a
// black-and-white print still tells them apart; lines with the status in their dashes.

const RADIUS = 11; // pixels of a disc: the smallest whose character reads at arm's length on a tablet
const OUTLINE_GAP = 4; // pixels between the disc and the outline of an uncertain place
const PROGRESS = { proposed: 0, preliminary: 0.25, start: 0.5, ongoing: 0.75, complete: 1 }; // share of the ring that is drawn
const LINE_DASHES = { proposed: "1 9", preliminary: "4 8", start: "9 7", ongoing: "18 6", complete: null };
const UNCERTAIN = new Set(["partial", "near", "town", "county"]);
const FULL_TURN = 2 * Math.PI;

const sizeOf = ({ current }) => 2 * (RADIUS + OUTLINE_GAP + (current ? 5 : 2)); // pixels of a sign with its outline

/** Draws one work's disc at x, y of a canvas. */
function drawSign(context, x, y, { colour, character, status, precision, current }) {
  context.save();
  context.globalAlpha = 1; // whatever was drawn before
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, RADIUS, 0, FULL_TURN);
  context.fillStyle = status === "complete" ? colour : "#fff";
  context.shadowColor = "rgb(0 0 0 / 35%)";
  context.shadowBlur = 3;
  context.fill();
  context.shadowBlur = 0;
  context.strokeStyle = colour;
  if (status === "proposed") context.setLineDash([2, 3]);
  context.lineWidth = 1.2;
  context.stroke();
  context.setLineDash([]);
  if (PROGRESS[status] > 0 && PROGRESS[status] < 1) {
    context.beginPath();
    context.lineWidth = 3.2;
    context.arc(x, y, RADIUS - 1.6, -FULL_TURN / 4, -FULL_TURN / 4 + PROGRESS[status] * FULL_TURN);
    context.stroke();
  }
  context.fillStyle = status === "complete" ? "#fff" : colour;
  context.font = `600 ${RADIUS + 1}px "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(character, x, y + 1);
  if (UNCERTAIN.has(precision)) {
    context.beginPath();
    context.lineWidth = 1.4;
    context.setLineDash(precision === "partial" ? [8, 4] : precision === "near" ? [4, 4] : [1.5, 3.5]);
    context.strokeStyle = "#333";
    context.arc(x, y, RADIUS + OUTLINE_GAP, 0, FULL_TURN);
    context.stroke();
  }
  if (current) {
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = "#ffb300";
    context.beginPath();
    context.arc(x, y, RADIUS + OUTLINE_GAP + 3, 0, FULL_TURN);
    context.stroke();
  }
  context.restore();
}

const pictures = new Map(); // of signs that were drawn once: a copy takes a fraction of the time

function picture({ colour, character, status, precision, current }) {
  const key = [colour, character, status, precision, current, window.devicePixelRatio].join();
  if (!pictures.has(key)) pictures.set(key, signCanvas({ colour, character, status, precision, current }));
  return pictures.get(key);
}

/** A disc on the map. `offset` moves it aside by pixels where several works share one point. */
export const WorkMarker = L.CircleMarker.extend({
  options: { radius: RADIUS + OUTLINE_GAP, offset: [0, 0] },
  _project() {
    this._point = this._map.latLngToLayerPoint(this._latlng).add(this.options.offset);
    this._updateBounds();
  },
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const size = sizeOf(this.options.sign);
    const { x, y } = this._point.subtract([size / 2, size / 2]).round();
    renderer._ctx.globalAlpha = 1; // whatever was drawn before
    renderer._ctx.drawImage(picture(this.options.sign), x, y, size, size);
  },
});

/** A disc that stands for several works, with how many there are. */
export const ClusterMarker = L.CircleMarker.extend({
  options: { radius: 17 },
  initialize(at, options) {
    L.CircleMarker.prototype.initialize.call(this, at, options);
    this.setRadius(12 + 2 * Math.min(5, Math.log10(options.number))); // pixels: room for the digits; the server's tiles know
  },
  _updatePath() {
    const context = this._renderer._ctx;
    if (!this._renderer._drawing || this._empty()) return;
    context.save();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(this._point.x, this._point.y, this._radius, 0, FULL_TURN);
    context.fillStyle = "rgb(74 58 46 / 88%)";
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.fill();
    context.stroke();
    context.fillStyle = "#fff";
    context.font = '600 12px "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
    context.textAlign = "center";
    context.textBaseline = "middle";
    const { number } = this.options;
    context.fillText(number < 10000 ? String(number) : `${Math.round(number / 1000)}k`, this._point.x, this._point.y + 1);
    context.restore();
  },
});

/** How the line or the area of a work is drawn. */
export function pathStyle({ colour, status, precision }, isArea) {
  const sure = !UNCERTAIN.has(precision);
  return {
    color: colour,
    weight: isArea ? 2 : sure ? 5 : 3,
    opacity: sure ? 0.9 : 0.6,
    dashArray: LINE_DASHES[status],
    lineCap: "butt",
    fill: isArea,
    fillOpacity: sure ? 0.22 : 0.06,
  };
}

/** The white edge under a line that keeps it apart from the roads of the base map. */
export const CASING = { color: "#fff", weight: 9, opacity: 0.75, interactive: false, lineCap: "butt" };

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5)); // of sunflower seeds: discs around one point do not lie on each other
const SPACING = 19; // pixels between neighbouring discs of such a flower

/** Where the n-th of several works that share one point is drawn, in pixels from it. */
export function offsetInFlower(n) {
  const distance = SPACING * Math.sqrt(n);
  return [distance * Math.cos(n * GOLDEN_ANGLE), distance * Math.sin(n * GOLDEN_ANGLE)];
}

/** A small canvas with one sign, for the legend and the lists. */
export function signCanvas(sign) {
  const size = sizeOf(sign);
  const scale = window.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  canvas.className = "sign-canvas";
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  drawSign(context, size / 2, size / 2, sign);
  return canvas;
}
