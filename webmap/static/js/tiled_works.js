// Works of a selection that is too large to be sent whole: tiles of this server, with clusters from afar.

import { settings, text } from "./settings.js";
import { CASING, ClusterMarker, WorkMarker, offsetInFlower, pathStyle } from "./signs.js";
import { signOf } from "./works_layer.js";

const SIDE = 512; // pixels of a tile: fewer requests than with 256, and each as quick
const POLYGON = 3;

/** A layer with the works of `query`. `seen` is told of every disc that comes or goes, `onOpen` of a click on one. */
export const TiledWorks = L.GridLayer.extend({
  initialize(query, { seen, onOpen }) {
    L.setOptions(this, { tileSize: SIDE, updateWhenZooming: false, keepBuffer: 1, minZoom: 1, maxZoom: 19 });
    this._source = new protomapsL.ZxySource(`${settings.addresses.works_tiles}?${query}`, false);
    Object.assign(this, { _seen: seen, _onOpen: onOpen, _drawn: new Map() });
    this.on("tileunload", ({ coords }) => this._forget(coords));
  },
  onRemove(map) {
    for (const layers of this._drawn.values()) for (const layer of layers) layer.remove();
    this._drawn.clear();
    L.GridLayer.prototype.onRemove.call(this, map);
  },
  createTile(coords, done) {
    const tile = document.createElement("div");
    this._source.get({ ...coords, z: coords.z - 1 }, SIDE).then((layers) => { // whose sides are two of 256 pixels
      if (this._map && this._tiles[this._tileCoordsToKey(coords)]) this._show(coords, layers);
      done(null, tile);
    }, (error) => done(error, tile));
    return tile;
  },
  _show(coords, layers) {
    this._forget(coords);
    const at = (point) => this._map.unproject([coords.x * SIDE + point.x, coords.y * SIDE + point.y], coords.z);
    const [drawn, shapes] = [[], []];
    for (const { props, geom, geomType } of layers.get("shapes") ?? []) {
      const rings = geom.map((ring) => ring.map(at));
      const isArea = geomType === POLYGON;
      const shape = isArea ? L.polygon(rings, pathStyle(signOf(props), true)) : L.polyline(rings, pathStyle(signOf(props), false));
      shapes.push(shape.on("click", () => this._onOpen(props.id)));
      if (!isArea) shapes.push(L.polyline(rings, CASING));
    }
    const taken = new Map();
    for (const { props, geom } of layers.get("works") ?? []) {
      const where = at(geom[0][0]);
      if (props.n > 1) {
        const cluster = new ClusterMarker(where, { number: props.n, bubblingMouseEvents: false, title: text("cluster", { n: props.n }) });
        drawn.push(cluster.on("click", () => this._map.setView(where, Math.min(this._map.getZoom() + 2, this._map.getMaxZoom()))));
        continue;
      }
      const spot = `${geom[0][0].x} ${geom[0][0].y}`;
      const number = taken.get(spot) ?? 0;
      taken.set(spot, number + 1);
      const marker = new WorkMarker(where, { sign: signOf(props), offset: offsetInFlower(number) }).on("click", () => this._onOpen(props.id));
      drawn.push(marker);
      this._seen(props.id, marker);
    }
    for (const layer of drawn) layer.addTo(this._map);
    for (const shape of shapes) shape.addTo(this._map).bringToBack(); // below the discs of all tiles, its edge below itself
    this._drawn.set(this._tileCoordsToKey(coords), [...drawn, ...shapes]);
  },
  _forget(coords) {
    const key = this._tileCoordsToKey(coords);
    for (const layer of this._drawn.get(key) ?? []) layer.remove();
    this._drawn.delete(key);
  },
});
