"""OGC API - Features: the abstract tests of Part 1 (Core, GeoJSON, HTML, OpenAPI) and Part 2 (CRS)."""

from typing import Any
from urllib.parse import urlsplit

import pyproj
import pytest
import shapely
from flask.testing import FlaskClient
from openapi_spec_validator import validate

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/ogc/collections/works/items"


def get(client: FlaskClient, address: str, media_type: str | None = None, status: int = 200) -> Any:
    answer = client.get(address.replace("http://localhost", ""))
    assert answer.status_code == status, answer.text
    if media_type:
        assert answer.mimetype == media_type
    return answer.json


def links(document: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [link for link in document["links"] if link["rel"] == rel]


def test_the_landing_page_leads_to_definition_conformance_and_collections(client: FlaskClient):
    landing = get(client, "/ogc/", "application/json")
    for rel in ("service-desc", "conformance", "data", "self", "alternate"):
        assert links(landing, rel)
        for link in links(landing, rel):
            answer = client.get(link["href"].replace("http://localhost", ""))
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].split(";")[0] == link["type"].split(";")[0]


def test_the_definition_is_valid_openapi_and_names_its_resources(client: FlaskClient):
    document = get(client, "/ogc/api", "application/vnd.oai.openapi+json")
    validate(document)
    assert "/collections/{collectionId}/items" in document["paths"]


def test_conformance_names_core_geojson_html_openapi_and_crs(client: FlaskClient):
    classes = get(client, "/ogc/conformance", "application/json")["conformsTo"]
    for name in ("core", "geojson", "html", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in classes
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in classes


def test_every_collection_stands_in_the_list_and_by_itself_alike(client: FlaskClient):
    listed = get(client, "/ogc/collections", "application/json")
    assert CRS84 in listed["crs"]
    for collection in listed["collections"]:
        assert collection["crs"] == ["#/crs"]
        assert collection["storageCrs"] == CRS84
        alone = get(client, f"/ogc/collections/{collection['id']}", "application/json")
        assert alone["crs"] == listed["crs"]
        assert {key: value for key, value in alone.items() if key != "crs"} == {
            key: value for key, value in collection.items() if key != "crs"
        }
        assert links(collection, "items")


def test_the_extent_holds_the_works(client: FlaskClient):
    extent = get(client, "/ogc/collections/works")["extent"]
    assert extent["spatial"]["bbox"][0] == pytest.approx([120, 28.5, 120.245, 29.1])
    assert extent["temporal"]["interval"] == [["2021-01-01T00:00:00Z", "2022-12-31T23:59:59Z"]]


def test_features_are_geojson_with_counts_and_links(client: FlaskClient):
    page = get(client, ITEMS, "application/geo+json")
    assert page["type"] == "FeatureCollection"
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"]) == 28
    assert page["timeStamp"].endswith("Z")
    assert not links(page, "next")
    (own,) = links(page, "self")
    assert own["type"] == "application/geo+json"


def test_collections_of_one_geometry_part_the_works(client: FlaskClient):
    counts = {
        name: get(client, f"/ogc/collections/{name}/items")["numberMatched"]
        for name in ("work-points", "work-lines", "work-areas")
    }
    assert counts == {"work-points": 1, "work-lines": 25, "work-areas": 1}


@pytest.mark.parametrize("limit", [1, 10, 27, 28, 1_000_000_000])
def test_following_next_gives_every_feature_once(client: FlaskClient, limit: int):
    address, seen = f"{ITEMS}?limit={limit}", []
    while address:
        page = get(client, address)
        assert page["numberReturned"] == len(page["features"]) <= limit
        seen += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in links(page, "next")), "")
    assert len(seen) == len(set(seen)) == 28


def test_one_feature_is_the_one_of_the_list(client: FlaskClient):
    feature = get(client, ITEMS)["features"][3]
    alone = get(client, f"{ITEMS}/{feature['id']}", "application/geo+json")
    assert links(alone, "self")
    assert links(alone, "collection")
    del alone["links"]
    assert alone == feature


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("bbox=120.001,28.4,120.011,28.6", 2),
        ("bbox=120.001,28.4,-5,120.011,28.6,5", 2),
        ("bbox=170,28,-170,30", 0),
        ("bbox=119,28,-170,30", 27),
        (f"bbox=28.4,120.001,28.6,120.011&bbox-crs={EPSG}4326", 2),
        (f"bbox=28.4,120.001,28.6,120.011&bbox-crs={EPSG}4490", 2),
        (f"bbox=13358449,3310000,13359540,3332000&bbox-crs={EPSG}3857", 2),
        ("datetime=2021-06-01T00:00:00Z", 1),
        ("datetime=2021-01-01/2021-12-31", 1),
        ("datetime=../2021-12-31T00:00:00Z", 1),
        ("datetime=2022-01-01T00:00:00Z/", 27),
        ("sector=water", 1),
        ("sector=water&status=start&year=2022", 1),
        ("named=true&quantity=5.5", 1),
        ("town=城北镇", 1),
    ],
)
def test_parameters_choose_features(client: FlaskClient, query: str, count: int):
    page = get(client, f"{ITEMS}?{query}")
    assert page["numberMatched"] == len(page["features"]) == count


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1&limit=2",
        "cursor=x",
        "bbox=1,2,3",
        "bbox=120,29,121,28",
        "bbox=nan,1,2,3",
        "bbox=a,b,c,d",
        "bbox=181,0,182,1",
        f"bbox=1,1,2,2&bbox-crs={EPSG}1",
        f"bbox=5,5,1,1&bbox-crs={EPSG}3857",
        "crs=nonsense",
        f"crs={EPSG}99999",
        "datetime=yesterday",
        "datetime=2022-02-31",
        "datetime=2022-01-01/2021-01-01",
        "f=xml",
        "year=abc",
        "named=maybe",
        "filter-crs=x",
        "filter=1=1&filter-lang=sql",
    ],
)
def test_a_wrong_parameter_is_400_with_problem_details(client: FlaskClient, query: str):
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 400
    assert answer.json["detail"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/items", "works/items/999999", "works/items/99999999999999"])
def test_what_is_not_there_is_404(client: FlaskClient, path: str):
    answer = client.get(f"/ogc/collections/{path}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("code", [4326, 4490, 4549, 4528, 4510, 3857])
def test_coordinates_are_in_the_systems_own_axis_order(client: FlaskClient, code: int):
    answer = client.get(f"{ITEMS}?sector=water&crs={EPSG}{code}")
    assert answer.headers["Content-Crs"] == f"<{EPSG}{code}>"
    found = answer.json["features"][0]["geometry"]["coordinates"]
    wanted = pyproj.Transformer.from_crs(4326, code).transform(29, 120)
    assert found == pytest.approx(wanted, abs=1e-3)


def test_without_a_system_it_is_crs84_longitude_first(client: FlaskClient):
    answer = client.get(f"{ITEMS}?sector=water")
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"
    assert answer.json["features"][0]["geometry"]["coordinates"] == [120, 29]


def test_lines_keep_their_direction_and_areas_turn_left(client: FlaskClient):
    line = get(client, "/ogc/collections/work-lines/items?limit=1")["features"][0]["geometry"]["coordinates"]
    assert line == [[120, 28.5], [120.005, 28.5]]
    area = get(client, "/ogc/collections/work-areas/items")["features"][0]["geometry"]
    assert shapely.geometry.shape(area).exterior.is_ccw


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/works",
        "/ogc/collections/works/queryables",
        ITEMS,
        f"{ITEMS}/1",
    ],
)
def test_every_resource_has_a_page_for_people(client: FlaskClient, path: str):
    for answer in (client.get(f"{path}?f=html"), client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})):
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"


def test_no_link_leads_out_of_this_server(client: FlaskClient):
    for document in (get(client, "/ogc/"), get(client, "/ogc/collections/works"), get(client, f"{ITEMS}?limit=1")):
        for link in document["links"]:
            assert urlsplit(link["href"]).netloc == "localhost"
