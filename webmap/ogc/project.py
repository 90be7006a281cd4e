"""A QGIS project whose layers are this server's collections, styled like the map."""

import io
import zipfile
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, url_for

from geodata.datums import CGCS2000, WGS84
from geodata.exports.fields import FIELDS
from geodata.exports.qgis import QML_VERSION, SYMBOLS, add_style
from webmap.database import database
from webmap.ogc.collections import COLLECTIONS, WORDING, Collection
from webmap.ogc.items import extent_of
from webmap.ogc.parameters import allow_only
from webmap.ogc.views import blueprint
from webmap.wording import wording

CHINA = [73.5, 18.0, 135.1, 53.6]  # west, south, east, north in degrees: where the project opens without works
LEAST_SIDE = 0.01  # degrees, some 1 km: one point is not all that is shown
MARGIN = 0.05  # of the works' box, left around it
GEOMETRIES = {"marker": "Point", "line": "Line", "fill": "Polygon"}


@blueprint.get("/guatu.qgz")
def qgis_project() -> Response:
    """The project; it opens at the works, points above lines above areas."""
    allow_only()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("guatu.qgs", _document())
    response = Response(buffer.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = "attachment; filename=guatu.qgz"
    return response


def _document() -> str:
    layers = [collection for collection in COLLECTIONS.values() if collection.part is not None]
    root = Element("qgis", version=QML_VERSION, projectname="guatu 挂图")
    SubElement(root, "title").text = "guatu 挂图"
    _system(SubElement(root, "projectCrs"), CGCS2000)
    tree = SubElement(root, "layer-tree-group")
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    SubElement(canvas, "units").text = "degrees"
    extent = SubElement(canvas, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), _box(), strict=True):
        SubElement(extent, name).text = str(value)
    _system(SubElement(canvas, "destinationsrs"), CGCS2000)
    described = SubElement(root, "projectlayers")
    for collection in layers:
        entry = SubElement(tree, "layer-tree-layer", id=_layer_id(collection), name=str(collection.title))
        entry.attrib.update(providerKey="OAPIF", checked="Qt::Checked", expanded="0")
        described.append(_layer(collection))
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode")


def _layer(collection: Collection) -> Element:
    assert collection.part is not None  # noqa: S101  layers are of one type of geometry
    chinese = wording("zh").words
    layer = Element("maplayer", type="vector", geometry=GEOMETRIES[SYMBOLS[collection.part]])
    SubElement(layer, "id").text = _layer_id(collection)
    address = url_for("ogc.landing", _external=True).rstrip("/")
    source = (
        f"pagingEnabled='true' restrictToRequestBBOX='1' srsname='EPSG:4326' typename='{collection.id}' url='{address}'"
    )
    SubElement(layer, "datasource").text = source
    SubElement(layer, "layername").text = str(collection.title)
    _system(SubElement(layer, "srs"), WGS84)
    SubElement(layer, "provider", encoding="UTF-8").text = "OAPIF"
    add_style(layer, collection.part, WORDING, chinese["sector"])
    aliases = SubElement(layer, "aliases")
    for field in FIELDS:
        SubElement(aliases, "alias", field=field.key, name=field.chinese)
    return layer


def _layer_id(collection: Collection) -> str:
    """What the project calls a layer; QGIS passes over names of 10 characters or fewer."""
    return f"guatu_{collection.id.replace('-', '_')}"


def _system(parent: Element, epsg: int) -> None:
    SubElement(SubElement(parent, "spatialrefsys"), "authid").text = f"EPSG:{epsg}"


def _box() -> list[float]:
    box, _ = extent_of(database(), COLLECTIONS["works"])
    if box is None:
        return CHINA
    west, south, east, north = box
    margin = max(east - west, north - south, LEAST_SIDE) * MARGIN
    return [west - margin, south - margin, east + margin, north + margin]
