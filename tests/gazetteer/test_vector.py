"""Vector files as sources: real files of every kind, good and bad."""

import json
import logging
from pathlib import Path

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.errors import GuatuError
from gazetteer.place import Place
from gazetteer.sources.catalogue import open_source
from gazetteer.sources.vector import Mapping, complete, places

ROAD = shapely.LineString([(120.02, 28.90), (120.05, 28.91)])
GAUSS_KRUGER = "EPSG:4549"  # CGCS2000 3-degree zone, central meridian 120 E


def roads(crs: str = "EPSG:4326") -> geopandas.GeoDataFrame:
    table = {
        "路名": ["城北东路", "花园大道", None],
        "类型": ["expressway", "", "road"],
        "别名": ["老城北路;北环路", None, None],
        "编号": [7, 8, 9],
    }
    return geopandas.GeoDataFrame(table, geometry=[ROAD, ROAD, ROAD], crs="EPSG:4326").to_crs(crs)


def write(path: Path, frame: geopandas.GeoDataFrame, *, without: tuple[str, ...] = (), **options: str) -> Path:
    frame.to_file(path, **options)
    for ending in without:
        path.with_suffix(ending).unlink()
    return path


def refusal(path: Path, mapping: Mapping | None = None, **options: str) -> str:
    with pytest.raises(GuatuError) as error:
        list(places(path, mapping, **options))
    assert "\n" not in str(error.value)
    return str(error.value)


def is_the_road(place: Place) -> bool:
    assert place.geometry is not None
    return place.name == "城北东路" and place.geometry.equals_exact(ROAD, 1e-7)


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.geojson", "roads.json", "roads.shp"])
def test_every_format_gives_the_same_places(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    driver = "GeoJSON" if name.endswith("json") else None
    roads().to_file(path, driver=driver, **({"encoding": "utf-8"} if name.endswith("shp") else {}))
    first, second = places(path)
    assert is_the_road(first)
    assert (first.kind, first.names) == ("expressway", ("老城北路", "北环路"))
    assert (second.name, second.names) == ("花园大道", ())


@pytest.mark.parametrize("crs", ["EPSG:4490", GAUSS_KRUGER, "EPSG:3857"])
def test_every_coordinate_system_becomes_wgs84(tmp_path: Path, crs: str) -> None:
    assert is_the_road(next(places(write(tmp_path / "roads.gpkg", roads(crs)))))


def test_a_suffix_tells_the_kind_where_no_column_does(tmp_path: Path) -> None:
    _, second = places(write(tmp_path / "roads.gpkg", roads()))
    assert second.kind == "road"


def test_a_kind_can_be_given_for_all(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.gpkg", roads())
    assert {place.kind for place in places(path, Mapping(kind="bridge"))} == {"bridge"}


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_without_cpg_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "roads.shp", roads(), without=(".cpg",), encoding=encoding)
    first = next(places(path))
    assert is_the_road(first)
    assert first.names == ("老城北路", "北环路")


def test_a_shapefile_in_another_encoding_is_read_when_told(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"NAME": ["城北東路"]}, geometry=[ROAD], crs="EPSG:4326")
    path = write(tmp_path / "roads.shp", frame, without=(".cpg",), encoding="big5")
    assert next(places(path, encoding="big5")).name == "城北東路"


def test_a_shapefile_without_prj_is_refused_unless_its_crs_is_given(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.shp", roads(GAUSS_KRUGER), without=(".prj",), encoding="GBK")
    assert ".prj" in refusal(path)
    assert is_the_road(next(places(path, crs=GAUSS_KRUGER)))


def test_a_wrong_crs_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.shp", roads(GAUSS_KRUGER), without=(".prj",), encoding="GBK")
    assert "Impossible coordinates" in refusal(path, crs="EPSG:4326")
    assert "Not a coordinate system" in refusal(path, crs="EPSG:nothing")


def test_a_missing_column_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.gpkg", roads())
    assert all(word in refusal(path, Mapping(name="NAME")) for word in ("NAME", "路名", "类型", "编号"))
    assert "kind_of" in refusal(path, Mapping(kind="kind_of"))


def test_a_file_with_no_column_like_a_name_asks_for_it(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.gpkg", roads().rename(columns={"路名": "甲"}))
    assert "甲、类型" in refusal(path)
    assert is_the_road(next(places(path, Mapping(name="甲"))))


def test_the_guessed_mapping_and_what_is_left_out_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "roads.gpkg", roads())
    with caplog.at_level(logging.INFO, logger="gazetteer.sources.vector"):
        list(places(path))
    assert "name=路名, kind=类型, names=别名" in caplog.text
    assert "1 个要素没有名称" in caplog.text


def test_a_key_column_identifies_features_across_reloads(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.gpkg", roads())
    assert [place.key for place in places(path, Mapping(key="编号"))] == ["7", "8"]
    assert "not unique" in refusal(write(tmp_path / "again.gpkg", roads().assign(编号=7)), Mapping(key="编号"))


def test_a_file_of_several_layers_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "roads.gpkg"
    roads().to_file(path, layer="甲")
    roads().to_file(path, layer="乙")
    assert "甲、乙" in refusal(path)
    assert is_the_road(next(places(path, layer="乙")))


def test_rings_that_cross_themselves_become_valid_areas(tmp_path: Path) -> None:
    bow = shapely.Polygon([(120, 29), (120.1, 29.1), (120.1, 29), (120, 29.1)])
    path = write(tmp_path / "areas.gpkg", geopandas.GeoDataFrame({"name": ["甲"]}, geometry=[bow], crs="EPSG:4326"))
    (area,) = places(path)
    assert area.geometry is not None
    assert area.geometry.is_valid
    assert area.geometry.area > 0


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"<OGRVRTDataSource></OGRVRTDataSource>"])
def test_what_is_not_the_file_that_it_says_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.geojson", "roads.shp"])
def test_a_file_that_is_cut_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, roads())
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert name in refusal(path)


def test_a_shapefile_with_a_table_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.shp", roads(), encoding="utf-8")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-50])
    assert "roads.dbf" in refusal(path)


def test_a_shapefile_whose_cpg_is_wrong_asks_for_the_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "roads.shp", roads(), encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert "say it with encoding" in refusal(path)
    assert is_the_road(next(places(path, encoding="GBK")))


def test_a_file_that_is_not_there_and_a_type_that_is_none_are_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "a.gpkg")
    assert ".gpkg" in refusal(tmp_path / "a.dwg")


def test_a_shapefile_without_dbf_has_no_names(tmp_path: Path) -> None:
    assert "Which column is the name" in refusal(write(tmp_path / "roads.shp", roads(), without=(".dbf",)))


def test_swapped_coordinates_are_noticed_in_any_file(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "甲"},
        "geometry": {"type": "Point", "coordinates": [28.9, 120]},
    }
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert "swapped" in refusal(path)


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "places.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_gives_points(tmp_path: Path, encoding: str) -> None:
    (place,) = places(
        csv(tmp_path, "地名,经度,纬度,别名,kind\n芝英镇,120.125,28.947,芝英/芝英街道、芝英,town\n", encoding)
    )
    assert (place.name, place.kind, place.names) == ("芝英镇", "town", ("芝英/芝英街道", "芝英"))
    assert place.geometry == shapely.Point(120.125, 28.947)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("象珠,28.99,120.08", "swapped"),
        ("乌鲁木齐,43.8,87.6", "swapped"),
        ("象珠,120.08,128.99", "Impossible"),
        ("象珠,nan,28.99", "Impossible"),
        ("象珠,inf,28.99", "Impossible"),
        ("象珠,,28.99", "no numbers"),
        ("象珠,东经120度,28.99", "no numbers"),
        ("象珠", "no numbers"),
    ],
)
def test_bad_coordinates_of_a_csv_are_told_with_their_line(tmp_path: Path, row: str, said: str) -> None:
    message = refusal(csv(tmp_path, f'name,lon,lat\n"芝\n英",120.1,28.9\n\n{row}\n'))
    assert said in message
    assert "line 5" in message


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_csv_may_have_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    (place,) = places(csv(tmp_path, "name,lon,lat\n甲,120.1,28.9\n".replace(",", delimiter)))
    assert place.geometry == shapely.Point(120.1, 28.9)


def test_a_csv_in_projected_metres_is_read_when_its_crs_is_given(tmp_path: Path) -> None:
    path = csv(tmp_path, "name,x,y\n甲,500000,3200000\n")
    (place,) = places(path, crs=GAUSS_KRUGER)
    assert place.geometry is not None
    assert place.geometry.x == pytest.approx(120)
    assert "Impossible" in refusal(path)


def test_a_csv_without_coordinates_asks_for_their_columns(tmp_path: Path) -> None:
    assert "longitude and latitude" in refusal(csv(tmp_path, "name,a,b\n甲,1,2\n"))
    assert "Which column is the name" in refusal(csv(tmp_path, ""))


def test_a_binary_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 10)
    assert "a.csv" in refusal(path)


def test_names_are_one_line_without_control_characters(tmp_path: Path) -> None:
    (place,) = places(csv(tmp_path, 'name,lon,lat\n"芝\n英\u202e\x07 镇",120.1,28.9\n'))
    assert place.name == "芝 英 镇"


def test_a_file_is_a_source_by_its_own_name(tmp_path: Path) -> None:
    source, found = open_source(csv(tmp_path, "name,lon,lat\n甲,120,29\n"), mapping=Mapping(kind="village"))
    assert source.name == "places.csv"
    assert [place.kind for place in found] == ["village"]


def test_an_option_that_a_source_does_not_have_is_refused() -> None:
    with pytest.raises(GuatuError, match="crs"):
        open_source("divisions", crs="EPSG:4490")


@given(st.lists(st.text(max_size=8), max_size=6, unique=True), st.text(max_size=8))
def test_a_completed_mapping_names_only_columns_that_there_are(columns: list[str], name: str) -> None:
    try:
        found = complete(Mapping(name=name or None), columns, "a.gpkg")
    except GuatuError as error:
        assert all(column in str(error) for column in columns)
    else:
        assert {found.name, *found.names} <= set(columns)
