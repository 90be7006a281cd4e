"""Answers queries with Nominatim, composed with shapely. Run by the Python of Nominatim's own virtual environment.

    python bench/nominatim_peer.py PROJECT_DIRECTORY [--whole] < queries.jsonl > answers.jsonl

Prints one JSON object a query with `ms`: by default {"name"} of the first hit, with `--whole` the `geometry`, None
where there is none. What Nominatim cannot do is done as its users do it: a stretch is the part of the road's merged
pieces between the points nearest to its two ends; `within` is a bounded view box.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import nominatim_api as nominatim
import shapely
from shapely.ops import linemerge, substring

HITS = 10
PIECES = 50
"""Hits asked for where the pieces of a road are wanted: Nominatim keeps each way apart."""


def shapes(api: Any, name: str, hits: int, **options: Any) -> list[shapely.Geometry]:
    """The geometries of the hits, best first."""
    found = api.search(name, max_results=hits, geometry_output=nominatim.GeometryFormat.GEOJSON, **options)
    return [shapely.from_geojson(hit.geometry["geojson"]) for hit in found]


def stretch(api: Any, query: dict[str, Any], **options: Any) -> shapely.Geometry | None:
    """The part of the road between its ends, each the hit nearest to the road."""
    ways = [s for s in shapes(api, query["name"], PIECES, dedupe=False, **options) if s.length and not s.area]
    if not ways:
        return None
    road = shapely.unary_union(ways)
    ends = []
    for side in ("from", "to"):
        found = shapes(api, query["extent"][side], PIECES, dedupe=False, **options)
        if not found:
            return None
        ends.append(min(found, key=road.distance))
    merged = linemerge(road) if road.geom_type == "MultiLineString" else road
    pieces = list(merged.geoms) if merged.geom_type == "MultiLineString" else [merged]
    line = min(pieces, key=lambda piece: sum(piece.distance(end) for end in ends))
    at = sorted(line.project(shapely.shortest_line(line, end).interpolate(0)) for end in ends)
    return substring(line, *at)


def whole(api: Any, query: dict[str, Any]) -> dict[str, Any]:
    """An answer with its geometry."""
    options = {}
    if query.get("within"):
        areas = shapes(api, query["within"], 1)
        if areas:
            options = {"viewbox": nominatim.Bbox(*areas[0].bounds), "bounded_viewbox": True}
    if query.get("extent"):
        shape = stretch(api, query, **options)
    else:
        shape = next(iter(shapes(api, query["name"], HITS, **options)), None)
    return {"id": query["id"], "geometry": shape and json.loads(shapely.to_geojson(shape))}


def lookup(api: Any, query: dict[str, Any]) -> dict[str, Any]:
    """The name of the first hit."""
    hit = next(iter(api.search(query["name"], max_results=5)), None)
    return {"name": hit and hit.names.get("name")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    answer = whole if options.whole else lookup
    queries = [json.loads(line) for line in sys.stdin]
    with nominatim.NominatimAPI(options.project) as api:
        answer(api, queries[0])
        for query in queries:
            start = time.perf_counter()
            line = json.dumps(answer(api, query))
            print(json.dumps(json.loads(line) | {"ms": 1000 * (time.perf_counter() - start)}))


if __name__ == "__main__":
    main()
