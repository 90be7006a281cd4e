"""KML 2.2 (OGC 07-147r2): a placemark a work, coloured by sector, its fields as typed data."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml.builder import ElementMaker
from lxml.etree import _Element, fromstring, xmlfile
from sqlalchemy import Text, cast, func
from sqlalchemy.orm import Session

from geodata.datums import Datum
from geodata.exports.fields import FIELDS, Field, Wording
from geodata.exports.rows import Progress, place_in, stream
from geodata.models import Work
from geodata.selection import Selection, works_in
from geodata.signs import SIGNS

NAMESPACE = "http://www.opengis.net/kml/2.2"
TYPES = {pa.string(): "string", pa.int64(): "int", pa.float64(): "double", pa.bool_(): "bool"}
LINE_WIDTH = 4  # pixels
SOLID, LINE_ALPHA, AREA_ALPHA = "ff", "e6", "55"  # of ff: the ground shows through areas
SCHEMA = "works"

K = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def write(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """One document of WGS 84 coordinates, which is all that KML knows."""
    fields = [f for f in FIELDS if f.key != "name"]  # which is the placemark's own
    geometry = func.ST_AsKML(place_in(datum), datum.decimals)
    drawn = (Work.name.label("title"), cast(Work.sector, Text).label("style"), geometry.label("place"))
    statement = works_in(selection, *drawn, *(wording.column(f) for f in fields))
    names = [f.name(wording.language) for f in fields]
    with xmlfile(str(path), encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("kml", nsmap={None: NAMESPACE}), xml.element("Document"):
            xml.write(K.name("guatu"))
            for element in (*_styles(), _schema(fields, wording)):
                xml.write(element)
            for rows in stream(session, statement.order_by(Work.id)):
                for row in rows:
                    xml.write(_placemark(names, row))
                progress(len(rows))


def _placemark(names: Sequence[str], row: Sequence[Any]) -> _Element:
    name, sector, place, *values = row
    data = K.SchemaData(schemaUrl=f"#{SCHEMA}")
    for key, value in zip(names, values, strict=True):
        if value is not None:
            data.append(K.SimpleData(_written(value), name=key))
    placemark = K.Placemark(K.name(_written(name)), K.styleUrl(f"#{sector}"), K.ExtendedData(data))
    if place:
        placemark.append(fromstring(place.replace(">", f' xmlns="{NAMESPACE}">', 1)))
    return placemark


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "".join(c for c in str(value) if c >= " " or c in "\t\n")  # XML has no other control characters


def _schema(fields: Sequence[Field], wording: Wording) -> _Element:
    declared = (K.SimpleField(name=f.name(wording.language), type=TYPES[f.type]) for f in fields)
    return K.Schema(*declared, name=SCHEMA, id=SCHEMA)


def _styles() -> Iterator[_Element]:
    for sector, sign in SIGNS.items():
        red, green, blue = sign.colour[1:3], sign.colour[3:5], sign.colour[5:7]
        colour = f"{blue}{green}{red}"  # KML's order, its alpha before
        yield K.Style(
            K.IconStyle(K.color(SOLID + colour)),
            K.LineStyle(K.color(LINE_ALPHA + colour), K.width(str(LINE_WIDTH))),
            K.PolyStyle(K.color(AREA_ALPHA + colour)),
            id=sector.value,
        )
