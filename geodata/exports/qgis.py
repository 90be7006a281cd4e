"""QGIS styles (QML) that draw works as the map does: sector by colour and character, status by dash and fill, and how
sure a place is by the outline.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.exports.fields import FIELDS, Wording
from geodata.exports.rows import Part
from geodata.signs import DASHES, SIGNS

QML_VERSION = "3.22"  # of QGIS: the oldest that is looked after in Debian stable
PIXEL_MM = 25.4 / 96  # the map's sizes are CSS pixels, QGIS's are millimetres
DISC, OUTLINE, LINE, CASING, UNSURE_LINE = (round(pixels * PIXEL_MM, 2) for pixels in (22, 30, 5, 9, 3))
AREA_ALPHA, FAINT_ALPHA = 56, 15  # of 255, as on the map; faint where the place is unsure
UNBROKEN = (10, 0)  # pixels drawn and left out
LABEL_POINTS = 9  # typographic points
LABEL_SCALE = 50_000  # labels are drawn at this scale and larger: at smaller ones they lie on each other
UNCERTAIN = (Precision.PARTIAL, Precision.NEAR, Precision.TOWN, Precision.COUNTY)
SYMBOLS = {Part.POINTS: "marker", Part.LINES: "line", Part.AREAS: "fill"}
RING_MM = {Status.PROPOSED: 0.3, Status.PRELIMINARY: 0.5, Status.START: 0.8, Status.ONGOING: 1.1, Status.COMPLETE: 0.3}

GEOMETRY_COLUMN = "geom"  # of a GeoPackage layer, by which QGIS finds its style
CREATE_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""
INSERT_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
                          styleSLD, useAsDefault, description, owner)
VALUES ('', '', ?, ?, 'guatu', ?, '', 1, 'guatu 挂图', 'guatu')
"""


def add_styles(geopackage: Path, layers: Mapping[str, Part], wording: Wording) -> None:
    """Keeps the style of every layer with geometry in the GeoPackage, where QGIS looks for it."""
    with closing(sqlite3.connect(geopackage)) as connection, connection:
        connection.execute(CREATE_STYLES)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?1, 'attributes', ?1)",
            ("layer_styles",),
        )
        for layer, part in layers.items():
            if part is not Part.UNPLACED:
                connection.execute(INSERT_STYLE, (layer, GEOMETRY_COLUMN, style_document(part, wording)))


def style_document(part: Part, wording: Wording) -> str:
    """The QML document for one type of geometry."""
    root = Element("qgis", version=QML_VERSION, styleCategories="Symbology|Labeling")
    add_style(root, part, wording)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode")


def add_style(parent: Element, part: Part, wording: Wording, legend: Mapping[str, str] | None = None) -> None:
    """Adds the renderer and the labels of one type of geometry to a style or to a layer of a project.

    `legend` gives the sectors' titles where they are not the words of the values.
    """
    names = {f.key: f.name(wording.language) for f in FIELDS}
    renderer = SubElement(parent, "renderer-v2", type="categorizedSymbol", attr=names["sector"], symbollevels="0")
    categories = SubElement(renderer, "categories")
    symbols = SubElement(renderer, "symbols")
    for number, sector in enumerate(Sector):
        word = wording.words.get("sector", {}).get(sector.value, sector.value)
        SubElement(
            categories,
            "category",
            value=word,
            label=(legend or {}).get(sector.value, word),
            symbol=str(number),
            render="true",
        )
        _Drawing(names, wording, sector).symbol(symbols, part, str(number))
    _labels(parent, names["name"])


class _Drawing:
    """The symbols of one sector."""

    def __init__(self, names: Mapping[str, str], wording: Wording, sector: Sector) -> None:
        self.sign = SIGNS[sector]
        self.colour = _rgba(self.sign.colour)
        words = wording.words
        self.status = {s: _quoted(words.get("status", {}).get(s.value, s.value)) for s in Status}
        precisions = (_quoted(words.get("precision", {}).get(p.value, p.value)) for p in UNCERTAIN)
        self.status_field = f'"{names["status"]}"'
        self.unsure = f'"{names["precision"]}" IN ({", ".join(precisions)})'
        self.complete = f"{self.status_field} = {self.status[Status.COMPLETE]}"

    def symbol(self, parent: Element, part: Part, name: str) -> None:
        symbol = SubElement(parent, "symbol", type=SYMBOLS[part], name=name, alpha="1", clip_to_extent="1")
        if part is Part.POINTS:
            self._disc(symbol)
        elif part is Part.LINES:
            self._line(symbol, name)
        else:
            self._area(symbol, name)

    def _disc(self, symbol: Element) -> None:
        hollow = {"name": "circle", "color": "0,0,0,0", "outline_color": "51,51,51,255", "outline_width": "0.35"}
        _layer(
            symbol, "SimpleMarker", {**hollow, "size": str(OUTLINE), "outline_style": "dash"}, {"enabled": self.unsure}
        )
        white = "'255,255,255'"
        fill = f"if({self.complete}, '{self.sign.colour}', {white})"
        _layer(
            symbol,
            "SimpleMarker",
            {"name": "circle", "color": "255,255,255,255", "outline_color": self.colour, "size": str(DISC)},
            {
                "fillColor": fill,
                "outlineWidth": self._by_status({s: str(width) for s, width in RING_MM.items()}),
                "outlineStyle": self._by_status({s: "'dot'" if s is Status.PROPOSED else "'solid'" for s in Status}),
            },
        )
        _layer(
            symbol,
            "FontMarker",
            {
                "chr": self.sign.character,
                "font": "Noto Sans CJK SC",
                "size": str(round(DISC * 0.55, 2)),
                "color": self.colour,
            },
            {"fillColor": f"if({self.complete}, {white}, '{self.sign.colour}')"},
        )

    def _line(self, symbol: Element, name: str) -> None:
        flat = {"capstyle": "flat", "joinstyle": "round", "line_width_unit": "MM"}
        _layer(symbol, "SimpleLine", {**flat, "line_color": "255,255,255,191", "line_width": str(CASING)})
        dashes = {s: f"'{';'.join(map(str, dash or UNBROKEN))}'" for s, dash in DASHES.items()}
        _layer(
            symbol,
            "SimpleLine",
            {**flat, "line_color": self.colour, "line_width": str(LINE), "customdash_unit": "Pixel"},
            {
                "customDash": self._by_status(dashes),
                "outlineWidth": f"if({self.unsure}, {UNSURE_LINE}, {LINE})",
            },
        )
        middle = _layer(
            symbol, "MarkerLine", {"placement": "centralpoint", "placements": "CentralPoint", "rotate": "0"}
        )
        self._disc(SubElement(middle, "symbol", type="marker", name=f"@{name}@2", alpha="1"))

    def _area(self, symbol: Element, name: str) -> None:
        rgb = self.colour.rpartition(",")[0]
        _layer(
            symbol,
            "SimpleFill",
            {"color": f"{rgb},{AREA_ALPHA}", "outline_color": self.colour, "outline_width": "0.53", "style": "solid"},
            {"fillColor": f"if({self.unsure}, '{rgb},{FAINT_ALPHA}', '{rgb},{AREA_ALPHA}')"},
        )
        middle = _layer(symbol, "CentroidFill", {"point_on_surface": "1", "point_on_all_parts": "0"})
        self._disc(SubElement(middle, "symbol", type="marker", name=f"@{name}@1", alpha="1"))

    def _by_status(self, values: Mapping[Status, str]) -> str:
        cases = " ".join(f"WHEN {self.status_field} = {self.status[s]} THEN {value}" for s, value in values.items())
        return f"CASE {cases} END"


def _layer(
    symbol: Element, kind: str, settings: Mapping[str, str], by_expression: Mapping[str, str] | None = None
) -> Element:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(layer, "Option", type="Map")
    for name, value in settings.items():
        SubElement(options, "Option", type="QString", name=name, value=value)
    if by_expression:
        collection = SubElement(SubElement(layer, "data_defined_properties"), "Option", type="Map")
        SubElement(collection, "Option", type="QString", name="name", value="")
        properties = SubElement(collection, "Option", type="Map", name="properties")
        for name, expression in by_expression.items():
            one = SubElement(properties, "Option", type="Map", name=name)
            SubElement(one, "Option", type="bool", name="active", value="true")
            SubElement(one, "Option", type="QString", name="expression", value=expression)
            SubElement(one, "Option", type="int", name="type", value="3")  # QgsProperty::ExpressionBasedProperty
        SubElement(collection, "Option", type="QString", name="type", value="collection")
    return layer


def _labels(parent: Element, field: str) -> None:
    settings = SubElement(SubElement(parent, "labeling", type="simple"), "settings", calloutType="simple")
    text = SubElement(
        settings,
        "text-style",
        fieldName=field,
        fontFamily="Noto Sans CJK SC",
        fontSize=str(LABEL_POINTS),
        fontSizeUnit="Point",
        textColor="34,34,34,255",
    )
    SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,255"
    )
    SubElement(settings, "placement", placement="6", dist=str(DISC / 2), distUnits="MM")
    SubElement(settings, "rendering", scaleVisibility="1", scaleMax=str(LABEL_SCALE), scaleMin="0", drawLabels="1")


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
