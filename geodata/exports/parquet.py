"""GeoParquet 1.1 (geoparquet.org/releases/v1.1.0)."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pyproj
from sqlalchemy.orm import Session

from geodata.datums import Datum
from geodata.exports.fields import Wording
from geodata.exports.rows import GEOMETRY, Progress, record_batches, schema
from geodata.selection import Selection


def write(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """One file, a row group a batch. GCJ-02 is declared as an unknown system (`crs` null), its name as a `datum`."""
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": []}
    column["crs"] = None if datum.epsg is None else pyproj.CRS.from_epsg(datum.epsg).to_json_dict()
    if datum.epsg is None:
        column["datum"] = datum.name
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    fields = schema(wording).with_metadata({"geo": json.dumps(geo, ensure_ascii=False)})
    with pq.ParquetWriter(path, fields, compression="zstd") as writer:
        for batch in record_batches(session, selection, wording, datum, progress=progress):
            writer.write_batch(batch.replace_schema_metadata(fields.metadata))
