"""CQL2 filters: text and JSON choose the same works, and no filter is a way to anything else."""

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from webmap.ogc.cql2 import MAX_CHARACTERS

ITEMS = "/ogc/collections/works/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"

pytestmark = pytest.mark.usefixtures("works")


def prop(name: str) -> dict[str, str]:
    return {"property": name}


FILTERS = [
    ("name = '水厂'", {"op": "=", "args": [prop("name"), "水厂"]}, 1),
    ("name <> '水厂'", {"op": "<>", "args": [prop("name"), "水厂"]}, 27),
    ("quantity > 5", {"op": ">", "args": [prop("quantity"), 5]}, 1),
    ("quantity IS NULL", {"op": "isNull", "args": [prop("quantity")]}, 27),
    ("name LIKE '第%路'", {"op": "like", "args": [prop("name"), "第%路"]}, 25),
    ("name LIKE '第_路'", {"op": "like", "args": [prop("name"), "第_路"]}, 10),
    ("sector IN ('water', 'energy')", {"op": "in", "args": [prop("sector"), ["water", "energy"]]}, 1),
    ("year BETWEEN 2020 AND 2021", {"op": "between", "args": [prop("year"), 2020, 2021]}, 1),
    ("named = TRUE", {"op": "=", "args": [prop("named"), True]}, 28),
    (
        "year = 2022 AND NOT (sector = 'transport')",
        {
            "op": "and",
            "args": [
                {"op": "=", "args": [prop("year"), 2022]},
                {"op": "not", "args": [{"op": "=", "args": [prop("sector"), "transport"]}]},
            ],
        },
        1,
    ),
    (
        "S_INTERSECTS(geometry, POINT(120 29))",
        {"op": "s_intersects", "args": [prop("geometry"), {"type": "Point", "coordinates": [120, 29]}]},
        2,
    ),
    (
        "S_INTERSECTS(geometry, BBOX(119.9, 28.9, 120.2, 29.2))",
        {"op": "s_intersects", "args": [prop("geometry"), {"bbox": [119.9, 28.9, 120.2, 29.2]}]},
        2,
    ),
    (
        "S_WITHIN(geometry, POLYGON((119 28, 120.022 28, 120.022 28.6, 119 28.6, 119 28)))",
        {
            "op": "s_within",
            "args": [
                prop("geometry"),
                {
                    "type": "Polygon",
                    "coordinates": [[[119, 28], [120.022, 28], [120.022, 28.6], [119, 28.6], [119, 28]]],
                },
            ],
        },
        2,
    ),
    ("extent_from = extent_to", {"op": "=", "args": [prop("extent_from"), prop("extent_to")]}, 0),
    ("1 = 1", {"op": "=", "args": [1, 1]}, 28),
]


@pytest.mark.parametrize(("text", "tree", "count"), FILTERS, ids=[text for text, _, _ in FILTERS])
def test_text_and_json_choose_the_same_works(client: FlaskClient, text: str, tree: dict, count: int):
    for query in (f"filter={quote(text)}", f"filter-lang=cql2-json&filter={quote(json.dumps(tree))}"):
        answer = client.get(f"{ITEMS}?{query}")
        assert answer.status_code == 200, answer.text
        assert answer.json["numberMatched"] == count


def test_filters_add_to_the_other_parameters(client: FlaskClient):
    answer = client.get(f"{ITEMS}?bbox=119,28,120.022,28.6&filter={quote('year = 2022')}&limit=2")
    assert answer.json["numberMatched"] == 3
    (following,) = (link["href"] for link in answer.json["links"] if link["rel"] == "next")
    assert len(client.get(following.replace("http://localhost", "")).json["features"]) == 1


@pytest.mark.parametrize(
    ("crs", "point"),
    [(f"{EPSG}4326", "29 120"), (f"{EPSG}4549", "3209269.3 500000"), (f"{EPSG}3857", "13358338.9 3375646.03")],
)
def test_geometries_of_a_filter_may_be_in_another_system(client: FlaskClient, crs: str, point: str):
    x, y = map(float, point.split())
    text = f"S_INTERSECTS(geometry, POLYGON(({_ring(x, y, 1e-4 if '4326' in crs else 10)})))"
    answer = client.get(f"{ITEMS}?filter={quote(text)}&filter-crs={crs}&sector=water")
    assert answer.json["numberMatched"] == 1, answer.text


def _ring(x: float, y: float, reach: float) -> str:
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return ", ".join(f"{x + dx * reach} {y + dy * reach}" for dx, dy in corners)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name = ",
        "password = 'x'",
        "pg_sleep(10) = 1",
        "name = 'a'; DROP TABLE work",
        "name > 5",
        "year = 'abc'",
        "year / 0 = 1",
        "1 / 0 = 1",
        "work_id = 99999999999999999999",
        "S_INTERSECTS(geometry, POINT(1e99 0))",
        "S_INTERSECTS(name, POINT(1 1))",
        "geometry = 'a'",
        "'a' LIKE 'b'",
        "year IN ()",
        "name = '\x00'",
        "NOT " * 1500 + "1 = 1",
        "x" * (MAX_CHARACTERS + 1),
    ],
)
def test_what_is_no_filter_is_400_and_nothing_else(client: FlaskClient, text: str):
    answer = client.get(f"{ITEMS}?filter={quote(text)}")
    assert answer.status_code == 400
    assert answer.json["detail"].startswith("filter:")


@pytest.mark.parametrize(
    "tree",
    [
        "{",
        "[]",
        "1",
        "null",
        '{"op":"and","args":[]}',
        '{"op":"between","args":[1]}',
        '{"bbox":[1]}',
        "[" * 4000,
        '{"op":"x"}',
    ],
)
def test_what_is_no_json_filter_is_400_too(client: FlaskClient, tree: str):
    assert client.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(tree)}").status_code == 400


def test_queryables_are_what_filters_may_name(client: FlaskClient):
    schema = client.get("/ogc/collections/works/queryables").json
    assert schema["additionalProperties"] is False
    assert schema["properties"]["sector"]["enum"][0] == "transport"
    for name, described in schema["properties"].items():
        value = {"integer": "1", "number": "1.5", "boolean": "TRUE", "string": "'x'"}.get(described.get("type"))
        if value:
            assert client.get(f"{ITEMS}?filter={quote(f'{name} = {value}')}").status_code == 200
