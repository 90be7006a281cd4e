"""Overture's GeoParquet: files of every type in its own schema, written in the test, and broken ones."""

from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place
from gazetteer.sources.catalogue import open_source
from gazetteer.sources.overture import places
from tests.support.grid import Grid

TEXTS = pa.list_(pa.string())
BETWEEN = pa.list_(pa.float64())
PERSPECTIVES = pa.struct([("mode", pa.string()), ("countries", TEXTS)])
RULE = pa.struct(
    [
        ("variant", pa.string()),
        ("language", pa.string()),
        ("perspectives", PERSPECTIVES),
        ("value", pa.string()),
        ("between", BETWEEN),
        ("side", pa.string()),
    ]
)
ALL = [
    ("id", pa.string()),
    ("geometry", pa.binary()),
    ("bbox", pa.struct([(side, pa.float32()) for side in ("xmin", "xmax", "ymin", "ymax")])),
    ("version", pa.int32()),
    (
        "names",
        pa.struct([("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string())), ("rules", pa.list_(RULE))]),
    ),
]
CLASSED = [*ALL, ("subtype", pa.string()), ("class", pa.string())]
FLAGS = pa.list_(pa.struct([("values", TEXTS), ("between", BETWEEN)]))
SCHEMAS = {
    "place": [
        *ALL,
        ("categories", pa.struct([("primary", pa.string()), ("alternate", TEXTS)])),
        ("confidence", pa.float64()),
        ("operating_status", pa.string()),
    ],
    "later place": [*ALL, ("taxonomy", pa.struct([("primary", pa.string()), ("hierarchy", TEXTS)]))],
    "segment": [
        *CLASSED,
        ("connectors", pa.list_(pa.struct([("connector_id", pa.string()), ("at", pa.float64())]))),
        ("routes", pa.list_(pa.struct([("name", pa.string()), ("ref", pa.string()), ("between", BETWEEN)]))),
        ("road_flags", FLAGS),
        ("rail_flags", FLAGS),
    ],
    "division_area": [*CLASSED, ("country", pa.string()), ("division_id", pa.string()), ("is_land", pa.bool_())],
    "division": [*CLASSED, ("country", pa.string()), ("local_type", pa.map_(pa.string(), pa.string()))],
    "water": [*CLASSED, ("level", pa.int32()), ("is_salt", pa.bool_())],
    "infrastructure": [*CLASSED, ("height", pa.float64()), ("surface", pa.string())],
    "land_use": [*CLASSED, ("surface", pa.string())],
}
"""Columns of Overture's types, after docs.overturemaps.org/schema; those that say nothing of a place are left out."""

GRID = Grid("""
    A--B--C--D--E
       |
    P  Q        R
""")


def feature(number: int, name: str | None, shape: BaseGeometry, **columns: Any) -> dict[str, Any]:
    west, south, east, north = shape.bounds
    names = {"primary": name, "common": [], "rules": []} if name else None
    extra = {key: columns.pop(key) for key in ("common", "rules") if key in columns}
    return {
        "id": f"08b2a100-{number:04d}",
        "geometry": shape.wkb,
        "bbox": {"xmin": west, "xmax": east, "ymin": south, "ymax": north},
        "version": 1,
        "names": names and names | extra,
        "class": columns.pop("cls", None),
        **columns,
    }


def write(path: Path, kind: str, *features: dict[str, Any], geo: str = "{}") -> Path:
    schema = pa.schema(SCHEMAS[kind], metadata={"geo": geo})
    rows = [{key: value for key, value in row.items() if key in schema.names} for row in features]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=2, compression="zstd")
    return path


def read(path: Path, **options: Any) -> dict[str, Place]:
    return {place.name: place for place in places(path, **options)}


def refusal(path: Path) -> str:
    with pytest.raises(GuatuError) as error:
        list(places(path))
    assert "\n" not in str(error.value)
    return str(error.value)


def road(number: int, name: str | None, line: str, **columns: Any) -> dict[str, Any]:
    return feature(number, name, GRID.line(line), **{"subtype": "road", "cls": "primary"} | columns)


def point(letter: str) -> shapely.Point:
    return shapely.Point(GRID.points[letter])


def square(letter: str, half: float = 0.002) -> shapely.Polygon:
    return point(letter).buffer(half, cap_style="square")


def test_the_segments_of_one_road_become_one_place_with_its_parts(tmp_path: Path) -> None:
    numbered = {"routes": [{"name": "330国道", "ref": "G330", "between": None}]}
    path = write(
        tmp_path / "segment.parquet",
        "segment",
        road(1, "城北东路", "ABC", **numbered),
        road(2, "城北东路", "CDE"),
        road(3, "永武高速", "BQ", cls="motorway"),
    )
    found = read(path)
    whole = found["城北东路"].geometry
    assert whole is not None
    assert whole.equals(shapely.MultiLineString([GRID.line("ABC"), GRID.line("CDE")]))
    assert (found["G330"].kind, found["永武高速"].kind) == ("road", "expressway")


def test_a_bridge_of_another_name_links_the_parts_of_its_road(tmp_path: Path) -> None:
    on_bridge = [{"values": ["is_bridge"], "between": None}]
    path = write(
        tmp_path / "segment.parquet",
        "segment",
        road(1, "城北东路", "ABC"),
        road(2, "8号桥", "CD", road_flags=on_bridge),
        road(3, "城北东路", "DE", road_flags=[{"values": ["is_bridge"], "between": [0.0, 0.4]}]),
    )
    found = read(path)
    assert found["8号桥"].kind == "bridge"
    assert found["城北东路"].links is not None
    assert found["城北东路"].links.equals(GRID.line("CD"))


def test_names_in_the_reports_languages_are_other_names_but_not_those_of_a_part(tmp_path: Path) -> None:
    rules = [
        {"variant": "official", "language": None, "value": "城北东路东段", "between": [0.5, 1.0]},
        {"variant": "alternate", "language": "zh", "value": "北环路"},
        {"variant": "short", "language": "ja", "value": "ほっかん"},
    ]
    common = [("en", "Chengbei East Road"), ("zh-Hant", "城北東路"), ("fr", "Rue du Nord")]
    path = write(tmp_path / "segment.parquet", "segment", road(1, "城北东路", "ABC", common=common, rules=rules))
    assert read(path)["城北东路"].names == ("Chengbei East Road", "城北東路", "北环路")


@pytest.mark.parametrize(
    ("kind", "columns", "name", "expected"),
    [
        ("place", {"categories": {"primary": "elementary_school"}}, "象珠小学", "school"),
        ("place", {"categories": {"primary": "printing_services"}}, "永康印刷厂", "facility"),
        ("place", {"categories": None}, "象珠镇", "town"),
        ("later place", {"taxonomy": {"primary": "hospital"}}, "第三医院", "hospital"),
        ("place", {"categories": {"primary": "bus_stop"}}, "城北东路", "facility"),
        ("division", {"subtype": "locality", "cls": "village"}, "下里溪", "village"),
        ("division_area", {"subtype": "county", "cls": "land"}, "象珠镇", "town"),
        ("division_area", {"subtype": "region", "cls": "land"}, "浙江省", "province"),
        ("water", {"subtype": "reservoir", "cls": "reservoir"}, "三渡溪水库", "reservoir"),
        ("infrastructure", {"subtype": "bridge", "cls": "bridge"}, "西津桥", "bridge"),
        ("land_use", {"subtype": "park", "cls": "park"}, "人民公园", "park"),
    ],
)
def test_every_theme_gives_its_kinds(tmp_path: Path, kind: str, columns: dict[str, Any], name: str, expected: str):
    shape = point("P") if kind in ("place", "later place", "division") else square("P")
    place = read(write(tmp_path / "a.parquet", kind, feature(1, name, shape, **columns)))[name]
    assert (place.kind, place.key) == (expected, "08b2a100-0001")
    assert place.geometry is not None
    assert place.geometry.equals(shape)


def test_what_has_no_name_is_closed_or_says_nothing_is_left_out(tmp_path: Path) -> None:
    school = {"categories": {"primary": "school"}}
    path = write(
        tmp_path / "place.parquet",
        "place",
        feature(1, None, point("P"), **school),
        feature(2, "旧校", point("Q"), operating_status="permanently_closed", **school),
        feature(3, "字" * 300, point("Q"), **school),
        feature(4, "新校", point("R"), operating_status="open", **school),
    )
    assert set(read(path)) == {"新校"}


def test_only_what_meets_the_area_is_read(tmp_path: Path) -> None:
    far = shapely.LineString([(121.0, 28.9), (121.1, 28.9)])
    diagonal = shapely.LineString([(119.999, 28.901), (120.003, 28.906)])  # its box meets the area, it does not
    path = write(
        tmp_path / "segment.parquet",
        "segment",
        road(1, "城北东路", "ABC"),
        road(2, "城北东路", "CDE"),
        feature(3, "远路", far, subtype="road", cls="primary"),
        feature(4, "斜路", diagonal, subtype="road", cls="primary"),
    )
    assert set(read(path)) == {"城北东路", "远路", "斜路"}
    area = square("A", 0.0035)
    assert diagonal.envelope.intersects(area)
    found = read(path, area=area)
    assert set(found) == {"城北东路"}
    assert found["城北东路"].geometry.equals(GRID.line("ABC"))


def test_a_ring_that_crosses_itself_is_mended_and_broken_geometry_left_out(tmp_path: Path) -> None:
    bow = shapely.Polygon([(120, 28), (120.1, 28.1), (120.1, 28), (120, 28.1)])
    broken = feature(2, "坏", point("P"), subtype="park") | {"geometry": b"\x01\x02"}
    path = write(tmp_path / "a.parquet", "land_use", feature(1, "自交公园", bow, subtype="park"), broken)
    found = read(path)
    assert set(found) == {"自交公园"}
    assert found["自交公园"].geometry.is_valid


def test_the_catalogue_opens_it_by_its_ending(tmp_path: Path) -> None:
    path = write(tmp_path / "yongkang.parquet", "segment", road(1, "城北东路", "ABC"))
    source, found = open_source(path)
    assert (source.name, [place.name for place in found]) == ("yongkang.parquet", ["城北东路"])
    assert "Overture" in source.attribution


@pytest.mark.parametrize("content", [b"", b"not parquet at all", b"PAR1" + b"\0" * 500 + b"PAR1"])
def test_what_is_no_parquet_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.parquet"
    path.write_bytes(content)
    assert "a whole GeoParquet file" in refusal(path)


def test_a_file_cut_in_half_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", "segment", road(1, "城北东路", "ABC"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "a whole GeoParquet file" in refusal(path)


def test_damage_inside_a_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", "segment", *(road(n, f"城北{n}路", "ABC") for n in range(50)))
    data = bytearray(path.read_bytes())
    data[100:400] = b"\xff" * 300
    path.write_bytes(data)
    assert "a whole GeoParquet file" in refusal(path)


def test_geoparquet_that_is_not_overtures_is_refused(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"name": ["甲"], "names": ["乙"], "id": [1]}, geometry=[point("P")], crs="EPSG:4326")
    frame.to_parquet(tmp_path / "own.parquet")
    assert "GeoPackage" in refusal(tmp_path / "own.parquet")


def test_another_coordinate_system_is_refused(tmp_path: Path) -> None:
    geo = '{"columns": {"geometry": {"encoding": "WKB", "crs": "EPSG:4549"}}}'
    assert "WGS 84" in refusal(write(tmp_path / "a.parquet", "segment", road(1, "城北东路", "ABC"), geo=geo))
    assert "geo" in refusal(write(tmp_path / "a.parquet", "segment", road(1, "城北东路", "ABC"), geo="[1"))


def test_impossible_coordinates_are_refused_with_the_feature(tmp_path: Path) -> None:
    moon = feature(2, "月", shapely.Point(500, 1), categories={"primary": "school"})
    path = write(tmp_path / "a.parquet", "place", feature(1, "校", point("P"), categories=None), moon)
    assert "08b2a100-0002" in refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.parquet")
