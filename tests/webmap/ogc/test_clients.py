"""GDAL's and QGIS's own clients on a running server."""

import json
import os
import subprocess
import warnings
import zipfile
from pathlib import Path

import pyogrio
import pytest
from flask.testing import FlaskClient

SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's QGIS belongs to
HAS_QGIS = Path("/usr/lib/python3/dist-packages/qgis").exists()
OPEN_PROJECT = """
import json, os, sys
from qgis.core import QgsApplication, QgsProject
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
found = {}
for layer in project.mapLayers().values():
    categories = [category.label() for category in layer.renderer().categories()]
    names = sorted(feature["name"] for feature in layer.getFeatures())
    in_tree = project.layerTreeRoot().findLayer(layer.id()) is not None
    found[layer.name()] = [layer.isValid(), in_tree, len(names), categories[:2]]
print("FOUND" + json.dumps(found), flush=True)
os._exit(0)  # QGIS waits for its threads for long
"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_gdal_lists_pages_and_filters_without_a_warning(address: str):
    source = f"OAPIF:{address}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layers = [name for name, _ in pyogrio.list_layers(source)]
        assert layers == ["works", "work-points", "work-lines", "work-areas"]
        info = pyogrio.read_info(source, layer="work-lines", PAGE_SIZE="7")
        assert (info["features"], info["geometry_type"]) == (25, "LineString")
        lines = pyogrio.read_dataframe(source, layer="work-lines", PAGE_SIZE="7")
        assert sorted(lines["name"]) == sorted(f"第{number}路" for number in range(25))
        assert lines.geometry.iloc[0].coords[0] == pytest.approx((120, 28.5))
        boxed = pyogrio.read_dataframe(source, layer="work-lines", bbox=(120.001, 28.4, 120.011, 28.6))
        assert sorted(boxed["name"]) == ["第0路", "第1路"]
        chosen = pyogrio.read_dataframe(source, layer="works", where="sector = 'water' AND quantity > 5")
        assert list(chosen["name"]) == ["水厂"]
        assert chosen["quantity"].dtype == float


def test_gdal_reads_a_zone_with_eastings_first(address: str):
    points = pyogrio.read_dataframe(
        f"OAPIF:{address}", layer="work-points", CRS="http://www.opengis.net/def/crs/EPSG/0/4549"
    )
    assert points.crs.to_epsg() == 4549
    assert points.geometry[0].x == pytest.approx(500_000, abs=1e-3)
    assert points.geometry[0].y == pytest.approx(3_209_000, abs=1000)


@pytest.mark.skipif(not HAS_QGIS, reason="python3-qgis is not installed")
def test_qgis_opens_the_project_with_all_layers_styled_and_filled(address: str, client: FlaskClient, tmp_path: Path):
    base = address.removesuffix("/ogc")
    (tmp_path / "guatu.qgz").write_bytes(client.get("/ogc/guatu.qgz", base_url=base).data)
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", OPEN_PROJECT, tmp_path / "guatu.qgz"],
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "NO_PROXY": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "FOUND" in done.stdout, done.stderr
    assert json.loads(done.stdout.partition("FOUND")[2]) == {
        "工程点": [True, True, 1, ["交通", "城建"]],
        "工程线": [True, True, 25, ["交通", "城建"]],
        "工程面": [True, True, 1, ["交通", "城建"]],
    }


def test_the_project_names_this_server_alone(client: FlaskClient, tmp_path: Path):
    (tmp_path / "p.qgz").write_bytes(client.get("/ogc/guatu.qgz", base_url="https://guatu.example").data)
    document = zipfile.ZipFile(tmp_path / "p.qgz").read("guatu.qgs").decode()
    assert document.count("url='https://guatu.example/ogc'") == 3


def test_tiles_hold_the_filtered_works(client: FlaskClient, tmp_path: Path):
    described = client.get("/ogc/tiles/works.json?sector=water").json
    assert described["tilejson"] == "3.0.0"
    assert described["bounds"] == pytest.approx([120, 28.5, 120.245, 29.1])
    (address,) = described["tiles"]
    assert address.endswith("{z}/{x}/{y}.mvt?sector=water")
    tile = address.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0").replace("http://localhost", "")
    (tmp_path / "0.mvt").write_bytes(client.get(tile).data)
    works = pyogrio.read_dataframe(tmp_path / "0.mvt", layer="works", X=0, Y=0, Z=0)
    assert list(works["name"]) == ["水厂"]


@pytest.mark.parametrize("path", ["99/0/0", "1/2/0", "1/0/2"])
def test_a_tile_that_is_none_is_404(client: FlaskClient, path: str):
    assert client.get(f"/ogc/tiles/works/{path}.mvt").status_code == 404
