"""Copy what the pages load from the installed npm packages to webmap/static/vendor/, so that guatu serves it itself."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "webmap" / "static" / "vendor"

# file or folder of a package -> its name under vendor/. The styles of Leaflet look for images/ beside themselves.
FILES = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images": "images",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js": "leaflet-geoman.js",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css": "leaflet-geoman.css",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet.js",
}


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        copy = shutil.copytree if (PACKAGES / source).is_dir() else shutil.copyfile
        copy(PACKAGES / source, VENDOR / name)


if __name__ == "__main__":
    main()
