"""The index: one directory of memory-mapped files a source, built apart and put in place at once.

    <gazetteer directory>/<source name>/<generation>/
        source.json          the source, counts, version of the format
        places.arrow         key, name, adcode, parent, geometry and links (WKB) of every place
        forms.arrow          every form of every distinct name: text, rule, suffix, prefix
        names.arrow          every distinct name as written
        *.npy                keys and names of the forms, places of the names, kinds, boxes, points, lengths

Processes that open it share its pages. The keys of the forms are sorted (`gazetteer.keys`); `gazetteer.build` writes
the files.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.errors import GuatuError
from gazetteer.keys import Hashes, key_of, similar_keys
from gazetteer.place import Source

FORMAT = 2
"""Version of the files; an index of another version is to be loaded again."""
TAUGHT = "taught"
"""The source of what people placed by hand: preferred to all others."""
MAX_SIMILAR = 300
"""Forms written the same that are compared."""
MAX_SLIPS = 100
"""Forms one slip away under one key that are compared; the more there are, the less can be said which is meant."""
MAX_REACH = 3000
"""Forms one slip away under one key whose places are looked at."""
FEW = 16
"""Rows that are read one by one."""

PLACES = pa.schema(
    [
        ("key", pa.string()),
        ("name", pa.string()),
        ("adcode", pa.string()),
        ("parent", pa.string()),
        ("geometry", pa.large_binary()),
        ("links", pa.binary()),
    ]
)
NAMES = pa.schema([("name", pa.string())])
FORMS = pa.schema(
    [
        ("text", pa.string()),
        ("rule", pa.uint8()),
        ("suffix", pa.string()),
        ("prefix", pa.string()),
    ]
)
RULES = tuple(names.Rule)
ARRAYS = ("keys", "key_forms", "form_names", "name_start", "name_places", "kinds", "boxes", "points", "lengths")

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class SourceIndex:
    """One loaded source, memory-mapped. Places and names are numbered from 0.

    `boxes` (n, 4): west, south, east, north; `points` (n, 2): longitude, latitude; both NaN where a place has no
    geometry. `lengths` (n): of lines, in degrees.
    """

    source: Source
    places: pa.Table
    names: pa.Table
    forms: pa.Table
    keys: Hashes
    key_forms: npt.NDArray[np.int32]
    form_names: npt.NDArray[np.int32]
    name_start: npt.NDArray[np.int64]
    name_places: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    kind_names: tuple[str, ...]
    boxes: npt.NDArray[np.float64]
    points: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.float32]
    path: Path

    @classmethod
    def open(cls, path: Path) -> "SourceIndex":
        """Maps the files of one generation; raises GuatuError where they are damaged or of another version."""
        try:
            header = json.loads((path / "source.json").read_text(encoding="utf-8"))
            if header.pop("format", None) != FORMAT:
                raise GuatuError(f"{path}: 索引是另一版本的，请重新装载 (of another version, load this source again)")
            kind_names = tuple(str(kind) for kind in header.pop("kinds"))
            del header["places"], header["names"]
            arrays = {
                name: np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)
                for name in ARRAYS
            }
            tables = {
                name: pa.ipc.open_file(pa.memory_map(str(path / f"{name}.arrow"))).read_all()
                for name in ("places", "names", "forms")
            }
            return cls(path=path, source=Source(**header), kind_names=kind_names, **tables, **arrays)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
            raise GuatuError(f"{path}: 索引损坏，请重新装载 (damaged, load this source again): {error}") from error

    def same(self, texts: list[str], box: Box | None = None) -> list[int]:
        """Numbers of the forms that are written as one of the texts.

        Where more than MAX_SIMILAR share a text (卫生院, its town left out), only those are kept that have a place in
        the box, and only of the first text, the name itself.
        """
        keys = np.array([key_of(text) for text in texts], dtype=np.uint64)
        itself, *derived = self._entered(keys)
        if len(itself) > MAX_SIMILAR and box is not None:
            itself = itself[self._reach(itself, box)]
        return _numbers([itself[:MAX_SIMILAR], *(part for part in derived if len(part) <= MAX_SIMILAR)])

    def similar(self, texts: list[str], box: Box | None = None) -> list[int]:
        """Numbers of forms that sound like one of the texts or have one character wrong, dropped, added or swapped
        (and a few that do not). Where more than MAX_SLIPS share a key, only those are kept that have a place in the
        box, and none where they are still more, more than MAX_REACH, or no box is given: which is meant could not be
        said."""
        parts = self._entered(similar_keys(texts))
        if box is not None:
            many = [MAX_SLIPS < len(part) <= MAX_REACH for part in parts]
            parts = [part[self._reach(part, box)] if m else part for part, m in zip(parts, many, strict=True)]
        return _numbers(part for part in parts if len(part) <= MAX_SLIPS)

    def _reach(self, forms: npt.NDArray[np.int32], box: Box) -> npt.NDArray[np.bool_]:
        """Which forms are those of a name that has a place in the box."""
        owners = self.form_names[forms]
        first, counts = self.name_start[owners], self.name_start[owners + 1] - self.name_start[owners]
        offsets = np.cumsum(counts) - counts
        places = self.name_places[np.repeat(first - offsets, counts) + np.arange(counts.sum())]
        west, south, east, north = box
        x, y = self.points[places].T
        return np.logical_or.reduceat((x >= west) & (x <= east) & (y >= south) & (y <= north), offsets)

    def _entered(self, keys: Hashes) -> list[npt.NDArray[np.int32]]:
        """The forms under each key."""
        start = self.keys.searchsorted(keys, "left")
        end = self.keys.searchsorted(keys, "right")
        return [self.key_forms[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]

    def read_forms(self, numbers: list[int]) -> list[tuple[names.Form, int]]:
        """Forms by number, each with the number of its name."""
        owners = self.form_names.take(numbers).tolist()
        columns = self._form_columns
        if len(numbers) <= FEW:  # a batch costs more to set up than to read
            rows = [tuple(column[number].as_py() for column in columns) for number in numbers]
        else:
            values = pa.py_buffer(np.array(numbers, dtype=np.int64))
            wanted = pa.Array.from_buffers(pa.int64(), len(numbers), [None, values])  # pa.array would import pandas
            rows = list(zip(*(column.take(wanted).to_pylist() for column in columns), strict=True))
        return [
            (names.Form(text, RULES[rule], suffix, prefix), name)
            for (text, rule, suffix, prefix), name in zip(rows, owners, strict=True)
        ]

    # A column that is taken out of its table anew costs more than what is read of it.

    @cached_property
    def _form_columns(self) -> list[pa.Array]:
        return [column.chunk(0) for column in self.forms.columns]

    @cached_property
    def _name_column(self) -> pa.Array:
        return self.names.column(0).chunk(0)

    @cached_property
    def _place_columns(self) -> dict[str, pa.ChunkedArray]:
        return dict(zip(self.places.column_names, self.places.columns, strict=True))

    def name(self, number: int) -> str:
        return str(self._name_column[number].as_py())

    def places_of_name(self, number: int) -> npt.NDArray[np.int32]:
        return self.name_places[self.name_start[number] : self.name_start[number + 1]]

    def kind(self, number: int) -> str:
        return self.kind_names[self.kinds.item(number)]

    def text(self, column: str, number: int) -> str | None:
        """A column of a place: key, name, adcode, parent."""
        value = self._place_columns[column][number].as_py()
        return None if value is None else str(value)

    def places_of_code(self, adcode: str) -> list[int]:
        """Numbers of the places with this administrative code."""
        return list(pc.indices_nonzero(pc.equal(self.places.column("adcode"), adcode)).to_pylist())

    def number_of_key(self, key: str) -> int | None:
        """Number of the place with this key, None where there is none."""
        number = pc.index(self.places.column("key"), key).as_py()
        return None if number < 0 else int(number)

    def geometry(self, number: int) -> BaseGeometry | None:
        """The geometry of a place, None where the source has none."""
        return self._shape("geometry", number)

    def links(self, number: int) -> BaseGeometry | None:
        """The lines that join the parts of a line, None where there are none."""
        return self._shape("links", number)

    def _shape(self, column: str, number: int) -> BaseGeometry | None:
        wkb = self._place_columns[column][number].as_py()
        return None if wkb is None else shapely.from_wkb(wkb)


def _numbers(parts: Iterable[npt.NDArray[np.int32]]) -> list[int]:
    """All numbers of the parts, each once, in order."""
    return sorted({number for part in parts for number in part.tolist()})


def current_generations(directory: Path) -> list[Path]:
    """The newest whole load of every source in a gazetteer directory: what people taught, then by source name."""
    found = []
    roots = sorted(directory.iterdir(), key=lambda p: (p.name != TAUGHT, p.name)) if directory.is_dir() else []
    for root in roots:
        whole = sorted(p for p in root.iterdir() if p.is_dir() and p.suffix != ".part") if root.is_dir() else []
        if whole:
            found.append(whole[-1])
    return found
