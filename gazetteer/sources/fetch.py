"""OpenStreetMap of one area over the network: from an Overpass server, or out of an extract at an address."""

from pathlib import Path

from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.network import Progress, download

OVERPASS = "https://overpass-api.de/api/interpreter"
"""The public server of the OpenStreetMap community; GUATU_OVERPASS names another."""

MAX_BYTES = 4 << 30
"""Bytes of an answer or extract: three times the whole of China as PBF."""
OVERPASS_S = 180
"""Seconds that Overpass may compute; a county takes some ten."""
OVERPASS_BYTES = 1 << 30
"""Bytes of memory that Overpass may use."""

QUERY = """\
[out:xml][timeout:{seconds}][maxsize:{memory}][bbox:{south:.5f},{west:.5f},{north:.5f},{east:.5f}];
(
  (
    node[name];
    node["name:zh"];
    way[name];
    way["name:zh"];
    way[highway][ref];
    way[highway][bridge];
    way[highway][tunnel];
    way[highway][junction];
    relation[type=multipolygon][name];
    relation[boundary=administrative][admin_level~"^([6-9]|10)$"];
  );
  >;
);
out body;
"""
"""What `gazetteer.sources.osm` reads: named things, numbered roads, and what joins roads, with the nodes of their ways.
Boundaries of provinces and states are left out: a single one is larger than a county's data."""

XML_START = (b"<?xml", b"<osm")
XML_END = b"</osm>"
TAIL = 4096
"""Bytes at the end of an answer that hold its last tag and, before it, the remark of a query that was given up."""
PBF_HEADER = b"OSMHeader"
"""What stands in the first bytes of every PBF file (OpenStreetMap wiki, PBF Format)."""


def from_overpass(area: BaseGeometry, address: str, folder: Path, progress: Progress = lambda _: None) -> Path:
    """A file of OpenStreetMap XML with the box around `area` (EPSG:4326), written into `folder`.

    Raises GuatuError where the server cannot be reached or refuses, or where its answer is no OpenStreetMap data or not
    the whole of it.
    """
    west, south, east, north = area.bounds
    box = {"west": west, "south": south, "east": east, "north": north}
    target = folder / "overpass.osm"
    query = QUERY.format(seconds=OVERPASS_S, memory=OVERPASS_BYTES, **box)
    download(address, target, limit=MAX_BYTES, data={"data": query}, progress=progress)
    with target.open("rb") as file:
        start = file.read(TAIL).removeprefix(b"\xef\xbb\xbf").lstrip()
        file.seek(max(target.stat().st_size - TAIL, 0))
        end = file.read().rstrip()
    if not start.startswith(XML_START) or b"<html" in start.lower():
        raise GuatuError(
            "Overpass 的回答不是地图数据,GUATU_OVERPASS 对吗? "
            "Its answer is no OpenStreetMap data, is the address right?"
        )
    if b"<remark>" in end:
        remark = end.partition(b"<remark>")[2].partition(b"</remark>")[0].decode("utf-8", "replace")
        raise GuatuError(
            f"Overpass 没有算完,请稍后再试或用 --url 给出提取文件 gave up, try later or give an extract with --url: "
            f"{' '.join(remark.split())[:200]}"
        )
    if not end.endswith(XML_END):
        raise GuatuError("Overpass 的数据没传完,请再试一次 Overpass cut its answer off: try again")
    return target


def from_extract(url: str, folder: Path, progress: Progress = lambda _: None) -> Path:
    """The extract (.osm.pbf) at `url`, written into `folder`.

    Raises GuatuError where it cannot be fetched or is no PBF; a cut one is refused when it is read.
    """
    target = folder / "extract.osm.pbf"
    download(url, target, limit=MAX_BYTES, progress=progress)
    with target.open("rb") as file:
        if PBF_HEADER not in file.read(64):
            raise GuatuError("这个地址上不是 .osm.pbf 文件 There is no .osm.pbf file at this address")
    return target
