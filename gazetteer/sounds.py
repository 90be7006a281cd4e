"""How Chinese characters sound, told in numbers: what is said alike is equal.

The readings are pypinyin's, without tones.
"""

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

_TONES = str.maketrans(
    {c: unicodedata.normalize("NFD", c)[0] for c in "āáǎàēéěèōóǒòīíǐìūúǔùḿńňǹ"} | dict.fromkeys("ǖǘǚǜ", "ü")
)


@cache
def _sound(reading: str) -> str:
    """A reading without its tone, with the sounds joined that southern speakers confuse (zh z, ch c, sh s, ang an, eng
    en, ing in)."""
    plain = reading.translate(_TONES)
    return re.sub(r"(?<=[aei]n)g$", "", re.sub(r"^([zcs])h", r"\1", plain))


@cache
def _readings() -> dict[int, str]:
    """By code point the readings of a character, with commas between them. Read past the package, which would read its
    phrases too, a third of a second."""
    package = find_spec("pypinyin")
    assert package is not None and package.origin is not None  # noqa: S101 - a dependency
    readings = json.loads(Path(package.origin).with_name("pinyin_dict.json").read_bytes())
    return {int(code): said for code, said in readings.items()}


@lru_cache(maxsize=32768)
def pinyin_of(character: str) -> frozenset[str]:
    """How a character can sound (see `_sound`); empty for what is not Chinese."""
    return frozenset(map(_sound, _readings().get(ord(character), "").split(","))) - {""}


@cache
def _sound_table() -> npt.NDArray[np.uint32]:
    """For every code point the number of its first sound; the code point itself, moved up, where it has none."""
    table = np.arange(0x110000, dtype=np.uint32) + 0x10000
    numbers: dict[str, int] = {}
    for code, said in _readings().items():
        table[code] = numbers.setdefault(_sound(said.split(",")[0]), len(numbers))
    return table


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


def sounds_of(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Code points as a reader says them, one number each; what sounds alike is equal."""
    return _sound_table()[np.minimum(points, 0x10FFFF)]


@lru_cache(maxsize=32768)
def sound_of(character: str) -> int:
    """A character as a reader says it (see `sounds_of`)."""
    return int(_sound_table()[ord(character)])
