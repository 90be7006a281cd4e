"""Every format, read back with GDAL: the same works, in the same places, with the same words and types."""

import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely
from drawing import a_report, a_work
from sqlalchemy.orm import Session

from gazetteer.offsets import wgs84_to_gcj02
from gazetteer.vocabulary import Precision, Sector, Status
from geodata.datums import DATUMS, datum_of
from geodata.exports import FORMATS, EmptySelectionError, ExportError, Wording, export, middle_longitude
from geodata.exports.fields import FIELDS
from geodata.exports.vector import DBF_TEXT_BYTES
from geodata.selection import Selection

NAMES = ["人民路", "“三改一拆”①期（东段）", "㙦头村污水处理厂", "未定位的桥", "城北区块"]
PLACES = [
    "LINESTRING(120.1 28.9, 120.2 28.95, 120.2 28.99)",
    "POINT(120.012345678 29.5)",
    "MULTILINESTRING((120 29, 120.01 29), (120.02 29, 120.03 29.001))",
    None,
    "POLYGON((120 29, 120 29.1, 120.1 29.1, 120.1 29, 120 29),"
    " (120.02 29.02, 120.04 29.02, 120.04 29.04, 120.02 29.02))",
]
ZH = Wording("zh", {"sector": {"transport": "交通", "water": "水利"}, "status": {"ongoing": "在建", "start": "开工"}})
MILLIMETRE = {True: 1e-3 / 111_320, False: 1e-3}  # by whether the datum is geographic
SYSTEMS = ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857", "GCJ-02"]


@pytest.fixture
def works(session: Session) -> Session:
    report = a_report(session)
    for number, (name, place) in enumerate(zip(NAMES, PLACES, strict=True)):
        a_work(
            session,
            report,
            name,
            place=place,
            precision=Precision.EXACT if place else Precision.NONE,
            sector=Sector.TRANSPORT if number % 2 else Sector.WATER,
            status=Status.ONGOING if number % 2 else Status.START,
            quantity=1.25 if number else None,
            named=bool(number % 2),
            area=("一、交通", "（二）路网"),
            town="石柱镇" if number else None,
        )
    return session


def expected(key: str) -> dict[str, shapely.Geometry | None]:
    datum = datum_of(key)
    if datum.epsg is None:
        move = wgs84_to_gcj02
    else:
        to = pyproj.Transformer.from_crs(4326, datum.epsg, always_xy=True)
        move = lambda xy: np.column_stack(to.transform(xy[:, 0], xy[:, 1]))  # noqa: E731
    return {
        name: shapely.transform(shapely.from_wkt(place), move) if place else None
        for name, place in zip(NAMES, PLACES, strict=True)
    }


def same_place(found: shapely.Geometry | None, wanted: shapely.Geometry | None, tolerance: float) -> bool:
    if found is None or wanted is None:
        return found is wanted
    alike = [shapely.normalize(shapely.multipolygons([g]) if g.geom_type == "Polygon" else g) for g in (found, wanted)]
    parts = [shapely.get_parts(g) for g in alike]
    return len(parts[0]) == len(parts[1]) and all(
        a.equals_exact(b, tolerance) for a, b in zip(*map(list, parts), strict=True)
    )


def read_back(path: Path) -> dict[str, dict]:
    """All features of all layers by name, through GDAL; `geometry` is a shapely one or None."""
    found = {}
    source = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
    for layer, geometry_type in pyogrio.list_layers(source):
        if layer == "layer_styles":
            continue
        meta, _, wkb, columns = pyogrio.raw.read(source, layer=layer)
        names = list(meta["fields"])
        wkb = [None] * len(columns[0]) if geometry_type is None else wkb
        for place, *values in zip(wkb, *columns, strict=True):
            row = dict(zip(names, values, strict=True))
            row["geometry"] = shapely.from_wkb(place) if place else None
            key = next(row[name] for name in ("name", "名称", "Name") if name in row)
            assert key not in found
            found[key] = row
    return found


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("kind", ["gpkg", "shp", "geojson", "geojsonl", "fgb"])
def test_works_come_back_within_a_millimetre(works: Session, tmp_path: Path, kind: str, system: str):
    path = tmp_path / f"works{FORMATS[kind].ending}"
    datum = datum_of(system)
    assert export(path, works, Selection(), FORMATS[kind], datum, ZH) == len(NAMES)
    found = read_back(path)
    assert sorted(found) == sorted(NAMES)
    for name, place in expected(system).items():
        assert same_place(found[name]["geometry"], place, MILLIMETRE[datum.geographic]), name


@pytest.mark.parametrize("kind", [key for key in FORMATS if key not in ("xlsx", "parquet")])
@pytest.mark.parametrize("wording", [ZH, Wording()], ids=["zh", "en"])
def test_words_and_types_come_back(works: Session, tmp_path: Path, kind: str, wording: Wording):
    path = tmp_path / f"works{FORMATS[kind].ending}"
    export(path, works, Selection(), FORMATS[kind], DATUMS["EPSG:4326"], wording)
    names = {f.key: f.name(wording.language, short=kind == "shp") for f in FIELDS}
    row = read_back(path)["“三改一拆”①期（东段）"]
    assert row[names["sector"]] == ("交通" if wording is ZH else "transport")
    assert row[names["status"]] == ("在建" if wording is ZH else "ongoing")
    assert row[names["area"]] == "一、交通 / （二）路网"
    assert row[names["town"]] == "石柱镇"
    if kind != "csv":  # whose types are in the reader's eye
        assert row[names["quantity"]] == 1.25
        assert row[names["year"]] == 2022
        assert bool(row[names["named"]])
    assert not read_back(path)["人民路"][names["town"]]


def test_geoparquet_declares_its_geometry_and_system(works: Session, tmp_path: Path):
    export(tmp_path / "w.parquet", works, Selection(), FORMATS["parquet"], DATUMS["EPSG:4549"], ZH)
    table = pq.read_table(tmp_path / "w.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4549}
    assert table["名称"].to_pylist() == NAMES
    assert table.schema.field("有专名").type == pa.bool_()
    wanted = list(expected("EPSG:4549").values())
    assert all(
        same_place(f, w, 1e-3) for f, w in zip(shapely.from_wkb(table["geometry"].to_pylist()), wanted, strict=True)
    )


def test_excel_keeps_text_as_text_and_numbers_as_numbers(works: Session, tmp_path: Path):
    a_work(works, a_report(works, "一份报告。"), "=1+1", place="POINT(120 29)")
    export(tmp_path / "w.xlsx", works, Selection(), FORMATS["xlsx"], DATUMS["EPSG:4549"], ZH)
    heading, *rows = openpyxl.load_workbook(tmp_path / "w.xlsx").active.iter_rows()
    columns = {cell.value: index for index, cell in enumerate(heading)}
    assert [row[columns["名称"]].value for row in rows] == [*NAMES, "=1+1"]
    assert {row[columns["名称"]].data_type for row in rows} == {"s"}
    assert rows[1][columns["数量"]].value == 1.25
    easting = rows[1][columns["东坐标 (EPSG:4549)"]].value
    assert easting == pytest.approx(expected("EPSG:4549")[NAMES[1]].x, abs=1e-3)


def test_a_csv_cell_is_no_formula(works: Session, tmp_path: Path):
    a_work(works, a_report(works, "一份报告。"), "=cmd()", place="POINT(120 29)")
    export(tmp_path / "w.csv", works, Selection(words="cmd"), FORMATS["csv"], DATUMS["EPSG:4326"], ZH)
    assert ",'=cmd()," in (tmp_path / "w.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("kind", ["csv", "shp"])
def test_gbk_holds_what_it_can_and_refuses_the_rest(works: Session, tmp_path: Path, kind: str):
    path = tmp_path / f"w{FORMATS[kind].ending}"
    gbk = {"encoding": "GBK"}
    export(path, works, Selection(town=("-",)), FORMATS[kind], DATUMS["EPSG:4326"], ZH, **gbk)
    if kind == "shp":
        with zipfile.ZipFile(path) as archive:
            assert archive.read("work_lines.cpg") in (b"GBK", b"936", b"CP936")
            assert "人民路".encode("gbk") in archive.read("work_lines.dbf")
        assert "人民路" in read_back(path)
    else:
        assert "人民路" in path.read_text("gbk")
    path.unlink()
    with pytest.raises(ExportError, match="“㙦” does not exist in GBK"):
        export(path, works, Selection(), FORMATS[kind], DATUMS["EPSG:4326"], ZH, **gbk)
    assert not path.exists()


def test_long_text_in_a_shapefile_ends_with_an_ellipsis(session: Session, tmp_path: Path):
    a_work(session, a_report(session, "建" * 500), "路", place="POINT(120 29)")
    export(tmp_path / "w.shp.zip", session, Selection(), FORMATS["shp"], DATUMS["EPSG:4326"], ZH)
    sentence = read_back(tmp_path / "w.shp.zip")["路"]["原文"]
    assert sentence.endswith("建…")
    assert DBF_TEXT_BYTES - 3 < len(sentence.encode()) <= DBF_TEXT_BYTES


@pytest.mark.parametrize("short", [f.name(language, short=True) for f in FIELDS for language in ("zh", "en")])
def test_field_names_fit_a_shapefile(short: str):
    assert len(short.encode()) <= 10


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_fields_share_a_name(language: str, short: bool):
    assert len({f.name(language, short) for f in FIELDS}) == len(FIELDS)


def test_gcj02_says_so_wherever_a_program_or_a_person_looks(works: Session, tmp_path: Path):
    datum = DATUMS["GCJ-02"]
    for kind in ("gpkg", "shp"):
        path = tmp_path / f"w{FORMATS[kind].ending}"
        export(path, works, Selection(), FORMATS[kind], datum)
        source = f"/vsizip/{path}" if kind == "shp" else path
        layers = [name for name, _ in pyogrio.list_layers(source) if name != "layer_styles"]
        assert all(name.endswith("_GCJ02") for name in layers)
        assert "GCJ-02" in pyogrio.read_info(source, layer=layers[0])["crs"]
    export(tmp_path / "w.geojson", works, Selection(), FORMATS["geojson"], datum)
    assert "GCJ-02" in json.loads((tmp_path / "w.geojson").read_text())["datum"]


def test_a_geopackage_carries_a_default_style_for_every_layer(works: Session, tmp_path: Path):
    export(tmp_path / "w.gpkg", works, Selection(), FORMATS["gpkg"], DATUMS["EPSG:4490"], ZH)
    styles = pyogrio.read_dataframe(tmp_path / "w.gpkg", layer="layer_styles")
    assert set(styles["f_table_name"]) == {"工程点", "工程线", "工程面"}
    assert styles["useAsDefault"].all()


def test_geojson_follows_rfc_7946(works: Session, tmp_path: Path):
    export(tmp_path / "w.geojson", works, Selection(), FORMATS["geojson"], DATUMS["EPSG:4326"])
    collection = json.loads((tmp_path / "w.geojson").read_text())
    assert "crs" not in collection
    area = shapely.geometry.shape(collection["features"][-1]["geometry"])
    assert area.exterior.is_ccw
    assert not area.interiors[0].is_ccw


def test_kml_knows_only_wgs84(works: Session, tmp_path: Path):
    with pytest.raises(ExportError, match="EPSG:4326"):
        export(tmp_path / "w.kml", works, Selection(), FORMATS["kml"], DATUMS["GCJ-02"])


def test_kml_draws_sectors_in_their_colours_and_places_within_a_millimetre(works: Session, tmp_path: Path):
    export(tmp_path / "w.kml", works, Selection(), FORMATS["kml"], DATUMS["EPSG:4326"], ZH)
    assert b"<color>ffa86515</color>" in (tmp_path / "w.kml").read_bytes()
    found = read_back(tmp_path / "w.kml")
    for name, place in expected("EPSG:4326").items():
        assert same_place(found[name]["geometry"], place, MILLIMETRE[True])


@pytest.mark.parametrize("kind", list(FORMATS))
def test_an_empty_selection_writes_nothing(works: Session, tmp_path: Path, kind: str):
    with pytest.raises(EmptySelectionError):
        export(tmp_path / "w", works, Selection(words="没有"), FORMATS[kind], DATUMS["EPSG:4326"])
    assert list(tmp_path.iterdir()) == []


def test_the_zone_of_a_selection_is_that_of_its_middle(works: Session):
    assert datum_of("cgcs2000-gk3", middle_longitude(works, Selection())).epsg == 4549
    assert middle_longitude(works, Selection(words="未定位")) is None
