"""Styles as QGIS itself reads them, where Debian's python3-qgis is installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from drawing import a_report, a_work
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Sector
from geodata.datums import DATUMS
from geodata.exports import FORMATS, export
from geodata.selection import Selection

SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's QGIS belongs to
HAS_QGIS = Path("/usr/lib/python3/dist-packages/qgis").exists()
READ_STYLES = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
found = {}
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    renderer = layer.renderer()
    found[name] = {c.value(): [s.color().name() for s in c.symbol().symbolLayers()] for c in renderer.categories()}
print("FOUND" + json.dumps(found), flush=True)
os._exit(0)  # QGIS waits for its threads for long
"""


@pytest.mark.skipif(not HAS_QGIS, reason="python3-qgis is not installed")
def test_qgis_draws_every_layer_of_a_geopackage_in_the_sectors_colours(session: Session, tmp_path: Path):
    report = a_report(session)
    for place in ("POINT(120 29)", "LINESTRING(120 29, 120.1 29)", "POLYGON((120 29, 120.1 29, 120.1 29.1, 120 29))"):
        a_work(session, report, place.partition("(")[0], place=place)
    export(tmp_path / "w.gpkg", session, Selection(), FORMATS["gpkg"], DATUMS["EPSG:4549"])
    layers = ["work_points", "work_lines", "work_areas"]
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", READ_STYLES, tmp_path / "w.gpkg", *layers],
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = json.loads(done.stdout.partition("FOUND")[2])
    assert list(found) == layers
    for categories in found.values():
        assert set(categories) == set(Sector)
        assert "#1565a8" in categories["water"]
