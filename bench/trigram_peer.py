"""The peer out of PostgreSQL's own parts: trigrams find names, PostGIS cuts stretches.

It gets the same places as guatu and the same folding of names, written the same first, then the most similar name
above pg_trgm's usual threshold. A stretch is the part of the road between the points nearest to its two ends, of the
road's merged pieces the one nearest to both. `within` is the box of the area's geometry.
"""

import json
from collections.abc import Iterable
from typing import Any

import psycopg
import shapely

from gazetteer.names import fold
from gazetteer.place import Place

THRESHOLD = 0.3
"""pg_trgm.similarity_threshold as it is delivered."""
CANDIDATES = """
    SELECT * FROM peer WHERE folded = {0} AND ({1}::geometry IS NULL OR geom && {1})
    UNION ALL (
        SELECT * FROM peer WHERE folded % {0} AND NOT EXISTS (SELECT 1 FROM peer WHERE folded = {0})
        AND ({1}::geometry IS NULL OR geom && {1}) ORDER BY similarity(folded, {0}) DESC LIMIT 5
    )
"""
AREA = "(SELECT ST_Envelope(geom) FROM peer WHERE folded = %(within)s AND ST_Dimension(geom) = 2 LIMIT 1)"
PLACE = f"""
    WITH area AS (SELECT {AREA} AS box)
    SELECT name, ST_AsGeoJSON(geom) FROM ({CANDIDATES.format("%(name)s", "(SELECT box FROM area)")}) AS found LIMIT 1
"""  # noqa: S608
STRETCH = f"""
    WITH area AS (SELECT {AREA} AS box),
    roads AS ({CANDIDATES.format("%(name)s", "(SELECT box FROM area)")}),
    road AS (SELECT folded, geom FROM roads WHERE ST_Dimension(geom) = 1 LIMIT 1),
    one AS (SELECT e.geom FROM ({CANDIDATES.format("%(from)s", "NULL")}) AS e, road
            ORDER BY ST_Distance(e.geom, road.geom) LIMIT 1),
    other AS (SELECT e.geom FROM ({CANDIDATES.format("%(to)s", "NULL")}) AS e, road
              ORDER BY ST_Distance(e.geom, road.geom) LIMIT 1),
    line AS (SELECT piece.geom FROM road, one, other, ST_Dump(ST_LineMerge(road.geom)) AS piece
             ORDER BY ST_Distance(piece.geom, one.geom) + ST_Distance(piece.geom, other.geom) LIMIT 1),
    ends AS (SELECT line.geom, ST_LineLocatePoint(line.geom, ST_ClosestPoint(line.geom, one.geom)) AS a,
             ST_LineLocatePoint(line.geom, ST_ClosestPoint(line.geom, other.geom)) AS b FROM line, one, other)
    SELECT NULL, ST_AsGeoJSON(ST_LineSubstring(geom, least(a, b), greatest(a, b))) FROM ends
"""  # noqa: S608


class Trigrams:
    """A table of folded names with a GIN index of their trigrams, a btree and a GiST index of the geometries."""

    def __init__(self, connection: psycopg.Connection, places: Iterable[Place]) -> None:
        self.connection = connection
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute(f"SET pg_trgm.similarity_threshold = {THRESHOLD}")
        connection.execute("DROP TABLE IF EXISTS peer")
        connection.execute("CREATE TABLE peer (folded text, name text, geom geometry)")
        with connection.cursor() as cursor, cursor.copy("COPY peer FROM STDIN") as copy:
            for place in places:
                for name in (place.name, *place.names):
                    copy.write_row((fold(name), name, shapely.to_wkb(place.geometry, hex=True)))
        connection.execute("CREATE INDEX ON peer USING gin (folded gin_trgm_ops)")
        connection.execute("CREATE INDEX ON peer (folded)")
        connection.execute("CREATE INDEX ON peer USING gist (geom)")
        connection.execute("ANALYZE peer")

    def lookup(self, name: str) -> str | None:
        """The name of the best place: what is written the same, else the most similar above the threshold."""
        folded = fold(name)
        row = self.connection.execute("SELECT name, geom FROM peer WHERE folded = %s LIMIT 1", (folded,)).fetchone()
        if row is None:
            statement = "SELECT name, geom FROM peer WHERE folded %% %s ORDER BY similarity(folded, %s) DESC LIMIT 1"
            row = self.connection.execute(statement, (folded, folded)).fetchone()
        return row and str(row[0])

    def whole(self, query: dict[str, Any]) -> dict[str, Any]:
        """An answer with its geometry, None where there is none."""
        asked = {"name": fold(query["name"]), "within": fold(query.get("within") or "")}
        if extent := query.get("extent"):
            asked |= {"from": fold(extent["from"]), "to": fold(extent["to"])}
        statement = (STRETCH if extent else PLACE).replace("folded % ", "folded %% ")
        row = self.connection.execute(statement, asked).fetchone()
        return {"id": query["id"], "geometry": json.loads(row[1]) if row and row[1] else None}
