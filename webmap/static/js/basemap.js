// The base map: the gazetteer's own boundaries, water, roads and names, drawn from vector tiles of this server.

const { LineSymbolizer, PolygonSymbolizer, LineLabelSymbolizer, CenteredTextSymbolizer, OffsetTextSymbolizer, leafletLayer } = protomapsL;
const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const POLYGON = 3;
const LINE = 2;
const POINT = 1;

const kinds = (...names) => {
  const wanted = new Set(names);
  return (geometry) => (_zoom, feature) => feature.geomType === geometry && wanted.has(feature.props.kind);
};
const byZoom = (...stops) => (zoom) => stops.reduce((value, [from, next]) => (zoom >= from ? next : value), stops[0][1]);
const paint = (filter, symbolizer) => ({ dataLayer: "places", filter, symbolizer });
const label = (filter, symbolizer) => ({ dataLayer: "names", filter, symbolizer });
const lineLabel = (filter, symbolizer) => ({ dataLayer: "places", filter, symbolizer });
const text = (size, fill, weight = 400) => ({
  labelProps: ["name"], fontFamily: FONT, fontSize: size, fontWeight: weight, fill, stroke: "#fbfaf7", width: 3, lineHeight: 1.2,
});

const water = kinds("water", "waterway", "reservoir");
const green = kinds("park", "green", "scenic", "farmland");
const built = kinds("zone", "block", "plant", "school", "hospital", "facility", "housing", "building", "power", "waste");
const road = kinds("road", "bridge", "tunnel", "interchange");
const fast = kinds("expressway");
const division = kinds("county", "city", "province");

const PAINT = [
  paint(green(POLYGON), new PolygonSymbolizer({ fill: "#dcebcf" })),
  paint(built(POLYGON), new PolygonSymbolizer({ fill: "#ece6dd", stroke: "#d8cfc2", width: 0.8 })),
  paint(kinds("village", "town")(POLYGON), new PolygonSymbolizer({ fill: "rgba(222,205,180,0.35)", stroke: "#c9b595", width: 0.8 })),
  paint(water(POLYGON), new PolygonSymbolizer({ fill: "#b9d7ea" })),
  paint(water(LINE), new LineSymbolizer({ color: "#9cc6e0", width: byZoom([0, 1], [11, 2], [14, 4], [16, 7]) })),
  paint(division(POLYGON), new PolygonSymbolizer({ fill: "rgba(0,0,0,0)", stroke: "#a08fb4", width: 1.4 })),
  paint(kinds("railway")(LINE), new LineSymbolizer({ color: "#8d8d8d", width: 1.6, dash: [6, 4] })),
  paint(road(LINE), new LineSymbolizer({ color: "#cfc7ba", width: byZoom([0, 1], [12, 2.2], [14, 5], [16, 10]) })),
  paint(road(LINE), new LineSymbolizer({ color: "#ffffff", width: byZoom([0, 0.5], [12, 1.2], [14, 3.6], [16, 8]) })),
  paint(fast(LINE), new LineSymbolizer({ color: "#d99a4e", width: byZoom([0, 1.4], [11, 3.4], [14, 6.5], [16, 11]) })),
  paint(fast(LINE), new LineSymbolizer({ color: "#f8d9a8", width: byZoom([0, 0.8], [11, 2], [14, 4.8], [16, 9]) })),
];

const ownRule = new Set(["province", "city", "county", "town", "village", "locality", "water", "waterway", "reservoir"]);

const LABELS = [
  label(kinds("city", "county", "province")(POINT), new CenteredTextSymbolizer(text(15, "#5d4a75", 700))),
  label(kinds("town")(POINT), new CenteredTextSymbolizer(text(13, "#3c3c3c", 600))),
  lineLabel(kinds("road", "expressway", "railway")(LINE), new LineLabelSymbolizer(text(11, "#6b6257"))),
  lineLabel(water(LINE), new LineLabelSymbolizer(text(11, "#2f6d92"))),
  label(water(POINT), new CenteredTextSymbolizer(text(11, "#2f6d92"))),
  label(kinds("village", "locality")(POINT), new CenteredTextSymbolizer(text(11, "#77706a"))),
  label((_zoom, feature) => !ownRule.has(feature.props.kind), new OffsetTextSymbolizer({ ...text(10, "#6c6e57"), offsetY: 6 })),
];

const CHOSEN = "guatu-base-map"; // in the browser's own store: which one this person likes
const escaped = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`); // Leaflet prints it as markup

/** A Leaflet layer with the base map; `address` has {z}, {x} and {y}, `attribution` is plain text. */
export function basemap(address, attribution) {
  return leafletLayer({
    url: address, attribution: escaped(attribution), paintRules: PAINT, labelRules: LABELS, backgroundColor: "#fbfaf7", maxDataZoom: 16, language: "zh",
  });
}

/** Puts the base map that was chosen last under a map, with a control where there are several. */
export function addBasemaps(map, { addresses, attribution, base_maps: others, strings }) {
  const layers = { [strings.own_base_map]: basemap(addresses.tiles, attribution) };
  for (const other of others) {
    layers[escaped(other.name)] = L.layerGroup(other.addresses.map((address) => L.tileLayer(address, {
      attribution: escaped(other.attribution), maxZoom: 19, maxNativeZoom: other.max_zoom, referrerPolicy: "strict-origin-when-cross-origin",
    })));
  }
  (layers[localStorage.getItem(CHOSEN)] ?? layers[strings.own_base_map]).addTo(map);
  if (!others.length) return;
  L.control.layers(layers, {}, { position: "topright" }).addTo(map);
  map.on("baselayerchange", ({ name }) => localStorage.setItem(CHOSEN, name));
}
