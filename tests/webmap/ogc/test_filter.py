"""CQL2 filters: text and JSON choose the same works, and no filter is a way to anything else."""

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from webmap.ogc.cql2 import MAX_CHARACTERS

ITEMS = "/ogc/collections/works/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


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
    ("year = 2021 OR year = 2022 AND sector = 'water'", None, 2),
    ("(year = 2021 OR year = 2022) AND sector = 'water'", None, 1),
    ("NOT (year = 2021 OR sector = 'water') AND NOT name LIKE '第%'", None, 1),
    ("year NOT IN (2021)\n AND year NOT BETWEEN 2000 AND 2020 AND name NOT LIKE '水%'", None, 26),
    ("name = '西''区''桥'", {"op": "=", "args": [prop("name"), "西'区'桥"]}, 0),
    ("name = '西\\'区'", None, 0),
    ("\"name\" = '水厂'", None, 1),
    ("CASEI(sector) = CASEI('WATER')", {"op": "=", "args": [{"op": "casei", "args": [prop("sector")]}, "water"]}, 1),
    ("CASEI(sector) LIKE CASEI('WAT%')", None, 1),
    ("year - 1 = 2 * 1010 + 1 ^ 2", None, 27),
    ("-year < 0 AND year % 2 = 1 AND year DIV 1000 = 2 AND quantity / 2 = 2.75 OR year = 2021", None, 1),
    ("TRUE", True, 28),
    ("geometry IS NULL", {"op": "isNull", "args": [prop("geometry")]}, 1),
    ("'a' LIKE 'b'", {"op": "like", "args": ["a", "b"]}, 0),
    (
        "changed_at > TIMESTAMP('2020-01-01T00:00:00Z')",
        {"op": ">", "args": [prop("changed_at"), {"timestamp": "2020-01-01T00:00:00Z"}]},
        28,
    ),
    ("changed_at < DATE('2020-01-01')", {"op": "<", "args": [prop("changed_at"), {"date": "2020-01-01"}]}, 0),
    (
        "T_AFTER(changed_at, DATE('2020-01-01'))",
        {"op": "t_after", "args": [prop("changed_at"), {"date": "2020-01-01"}]},
        28,
    ),
    (
        "T_DURING(changed_at, INTERVAL('2020-01-01', '..'))",
        {"op": "t_during", "args": [prop("changed_at"), {"interval": ["2020-01-01", ".."]}]},
        28,
    ),
    ("T_BEFORE(changed_at, TIMESTAMP('2020-01-01T08:00:00+08:00'))", None, 0),
    ("T_INTERSECTS(INTERVAL(changed_at, '..'), INTERVAL('2020-01-01T00:00:00Z', '2020-12-31'))", None, 0),
    ("T_INTERSECTS(DATE('2024-02-29'), TIMESTAMP('2024-02-29T23:00:00Z'))", None, 28),
    ("extent_from = extent_to", {"op": "=", "args": [prop("extent_from"), prop("extent_to")]}, 0),
    ("1 = 1", {"op": "=", "args": [1, 1]}, 28),
]


@pytest.mark.parametrize(("text", "tree", "count"), FILTERS, ids=[text for text, _, _ in FILTERS])
def test_text_and_json_choose_the_same_works(client: FlaskClient, text: str, tree: object, count: int):
    trees = [] if tree is None else [f"filter-lang=cql2-json&filter={quote(json.dumps(tree))}"]
    for query in (f"filter={quote(text)}", *trees):
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
        "year IN ()",
        "named",
        "changed_at > DATE('2024-02-31')",
        "changed_at > TIMESTAMP('2024-02-01T00:00:00')",
        "changed_at > DATE(5)",
        "T_AFTER(changed_at)",
        "T_DURING(changed_at, INTERVAL('2024-01-01'))",
        "T_AFTER(name, DATE('2024-01-01'))",
        "A_CONTAINS(name, name)",
        "ACCENTI(name) = 'x'",
        "year = 1e999",
        "year ^ 1000 = 1",
        "(" * 3900 + "1=1" + ")" * 3899,
        "CASEI(" * 1000 + "name" + ")" * 1000 + " = 'x'",
        "1+" * 3000 + "1 = 1",
        "BBOX(1,2,3,4)",
        "S_INTERSECTS(geometry, BBOX(1,2,3))",
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
        '{"op":[],"args":[1]}',
        '{"op":"=","args":[NaN, 1]}',
        '{"op":"=","args":[null, 1]}',
        '{"op":"=","args":[{"property":[]}, 1]}',
        '{"op":"in","args":[{"property":"name"}, 5]}',
        '{"op":"t_after","args":[{"date":5}, {"date":"2024-01-01"}]}',
        '{"op":"s_within","args":[{"property":"geometry"}, {"type":"Point","coordinates":[]}]}',
        '{"op":"s_within","args":[{"property":"geometry"}, {"type":"GeometryCollection","geometries":[]}]}',
        '{"bbox":[1]}',
        "[" * 4000,
        '{"op":"x"}',
    ],
)
def test_what_is_no_json_filter_is_400_too(client: FlaskClient, tree: str):
    assert client.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(tree)}").status_code == 400


def test_every_relation_of_time_can_be_asked(client: FlaskClient):
    """The relations of A..B to C..D, of years counted from 2000 on."""
    true = {
        "T_AFTER": (5, 6, 1, 2), "T_BEFORE": (1, 2, 5, 6), "T_CONTAINS": (1, 6, 2, 3), "T_DISJOINT": (1, 2, 3, 4),
        "T_DURING": (2, 3, 1, 6), "T_EQUALS": (1, 2, 1, 2), "T_FINISHEDBY": (1, 4, 2, 4), "T_FINISHES": (2, 4, 1, 4),
        "T_INTERSECTS": (1, 3, 2, 4), "T_MEETS": (1, 2, 2, 3), "T_METBY": (2, 3, 1, 2), "T_OVERLAPPEDBY": (2, 4, 1, 3),
        "T_OVERLAPS": (1, 3, 2, 4), "T_STARTEDBY": (1, 4, 1, 2), "T_STARTS": (1, 2, 1, 4),
    }  # fmt: skip
    later = {"T_AFTER": 28, "T_DISJOINT": 28}
    for name, years in true.items():
        a, b, c, d = (f"'200{year}-01-01T00:00:00Z'" for year in years)
        for text, count in (
            (f"{name}(INTERVAL({a}, {b}), INTERVAL({c}, {d}))", 28),
            (
                f"{name}(INTERVAL({a}, {b}), INTERVAL('1990-01-01', '1990-01-02'))",
                later.get(name, 0),
            ),
        ):
            answer = client.get(f"{ITEMS}?filter={quote(text)}&limit=1")
            assert (text, answer.json["numberMatched"]) == (text, count)


def test_queryables_are_what_filters_may_name(client: FlaskClient):
    schema = client.get("/ogc/collections/works/queryables").json
    assert schema["additionalProperties"] is False
    assert schema["properties"]["sector"]["enum"][0] == "transport"
    for name, described in schema["properties"].items():
        value = {"integer": "1", "number": "1.5", "boolean": "TRUE", "string": "'x'"}.get(described.get("type"))
        value = "DATE('2024-01-01')" if described.get("format") == "date-time" else value
        if value:
            assert client.get(f"{ITEMS}?filter={quote(f'{name} = {value}')}").status_code == 200
