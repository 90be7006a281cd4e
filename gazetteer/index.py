"""The index: one directory of memory-mapped files a source, built apart and put in place at once.

    <gazetteer directory>/<source name>/<generation>/
        source.json          the source, counts, version of the format
        places.arrow         key, name, adcode, parent, geometry and links (WKB) of every place
        forms.arrow          every form of every distinct name: text, rule, suffix, prefix
        names.arrow          every distinct name as written
        *.npy                keys and names of the forms, places of the names, kinds, boxes, points, lengths

Processes that open it share its pages. Candidates for a name come from deletion neighbourhoods (Mor and Fraenkel 1982;
SymSpell is the same idea): every form of a name is entered under the hash of itself, of itself with any one character
left out, and of its sound, so that what is written the same, has one character wrong, dropped or added, or sounds
alike is a handful of binary searches.
"""

import fcntl
import json
import os
import shutil
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from gazetteer.slips import shows_slips
from gazetteer.sounds import code_points, sounds_of

FORMAT = 2
"""Version of the files; an index of another version is to be loaded again."""
TAUGHT = "taught"
"""The source of what people placed by hand: preferred to all others."""
BATCH = 20_000
"""Places that are held as objects before they are written to the tables."""
MAX_SLIP_NAME = 40
"""Forms longer than this are entered whole only: a slip in them is not looked for."""
MAX_SIMILAR = 300
"""Forms under one key that are compared."""
SLICES = 16
"""Parts in which the keys are sorted, to hold little more memory than they take."""
FEW = 16
"""Rows that are read one by one."""
MIN_SLIP_NAME = 3
"""Forms shorter than this are entered whole only: what is left of two characters would be shared by thousands."""
_SOUND = np.uint64(0x9E3779B97F4A7C15)
_SHORTENED = np.uint64(0xC2B2AE3D27D4EB4F)
_BASE = np.uint64(0xD6E8FEB86659FD93)

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Progress = Callable[[int], None]


def _mix(values: npt.NDArray[np.uint32]) -> Hashes:
    """Spreads code points over 64 bits (the finaliser of splitmix64)."""
    z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


_POWERS = np.cumprod(
    np.concatenate([[np.uint64(1)], np.full(names.MAX_NAME + 8, _BASE, dtype=np.uint64)]), dtype=np.uint64
)


def _whole(characters: Hashes) -> Hashes:
    """Polynomial hashes of the rows of a matrix of mixed characters."""
    return np.asarray((characters * _POWERS[: characters.shape[-1]]).sum(axis=-1, dtype=np.uint64))


def _without_one(characters: Hashes) -> Hashes:
    """Hashes of the rows with each character left out in turn, as many columns as characters."""
    length = characters.shape[-1]
    before = np.cumsum(characters * _POWERS[:length], axis=-1, dtype=np.uint64) - characters * _POWERS[:length]
    shifted = np.concatenate([np.zeros_like(characters[..., :1]), characters[..., 1:] * _POWERS[: length - 1]], axis=-1)
    after = shifted.sum(axis=-1, keepdims=True, dtype=np.uint64) - np.cumsum(shifted, axis=-1, dtype=np.uint64)
    return np.asarray(before + after)


_WORD = (1 << 64) - 1
_POWERS_OF_ONE: list[int] = _POWERS.tolist()


@lru_cache(maxsize=65536)
def _mixed(character: str) -> int:
    return int(_mix(code_points(character))[0])


def _key(text: str) -> int:
    """The hash of one whole text, as `hash_texts` has it: of a few short texts the quicker way."""
    return sum(power * _mixed(c) for power, c in zip(_POWERS_OF_ONE, text, strict=False)) & _WORD


@dataclass(frozen=True, slots=True)
class Keys:
    """Hashes of texts by what they stand for, and for each the position of its text: `whole` texts, `sounds` of whole
    texts, `shortened` texts (one character left out). Which are entered and which asked for decides what is found."""

    whole: Hashes
    sounds: Hashes
    shortened: Hashes
    whole_of: npt.NDArray[np.int64]
    shortened_of: npt.NDArray[np.int64]


def hash_texts(texts: list[str]) -> Keys:
    """The keys of texts. Texts of one or two characters, and those beyond MAX_SLIP_NAME, have no shortened keys."""
    whole: list[Hashes] = [np.empty(0, np.uint64)]
    sounds: list[Hashes] = [np.empty(0, np.uint64)]
    shortened: list[Hashes] = [np.empty(0, np.uint64)]
    whole_of: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    shortened_of: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    for length in np.unique(lengths[lengths > 0]):
        rows = np.flatnonzero(lengths == length)
        points = code_points("".join(texts[row] for row in rows)).reshape(-1, length)
        characters = _mix(points)
        whole.append(_whole(characters))
        sounds.append(_whole(_mix(sounds_of(points))))
        whole_of.append(rows)
        if MIN_SLIP_NAME <= length <= MAX_SLIP_NAME:
            shortened.append(_without_one(characters).ravel())
            shortened_of.append(np.repeat(rows, length))
    return Keys(
        np.concatenate(whole),
        np.concatenate(sounds),
        np.concatenate(shortened),
        np.concatenate(whole_of),
        np.concatenate(shortened_of),
    )


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


@contextmanager
def _lock(directory: Path, source: str) -> Iterator[None]:
    """Only one load of a source at a time; the second is told. The lock dies with its process."""
    with (directory / f".{source}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GuatuError(
                f"来源“{source}”正在被另一进程装载，请等它结束后再试 (source {source} is being loaded)"
            ) from error
        yield


def build_index(source: Source, places: Iterable[Place], directory: Path, *, progress: Progress | None = None) -> int:
    """Writes the places of one source and puts them in place of an earlier load; returns how many there are.

    Nothing is visible before it is whole: what a killed load leaves is swept away by the next. `progress` is called
    with the number of places so far. Raises GuatuError where the source is being loaded by another process or has no
    place.
    """
    root = directory / source.name
    root.mkdir(parents=True, exist_ok=True)
    with _lock(directory, source.name):
        for leftover in root.glob("*.part"):
            shutil.rmtree(leftover)
        generation = f"{time.time_ns():020d}"
        part = root / f"{generation}.part"
        part.mkdir()
        try:
            count = _write(source, places, part, progress or (lambda _: None))
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        part.rename(root / generation)
        for old in sorted(p for p in root.iterdir() if p.is_dir() and p.name != generation):
            shutil.rmtree(old)
    return count


class _Columns:
    """What the places written so far are in numbers."""

    def __init__(self) -> None:
        self.count = 0
        self.names: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self.kind_of = array("B")
        self.name_of_pair, self.place_of_pair = array("i"), array("i")
        self.boxes: list[Floats] = []
        self.points: list[Floats] = []
        self.lengths: list[Floats] = []

    def add(self, batch: list[Place]) -> pa.RecordBatch:
        """Counts places in; returns their rows of the table."""
        shapes = np.array([place.geometry for place in batch], dtype=object)
        links = np.array([place.links for place in batch], dtype=object)
        self.boxes.append(shapely.bounds(shapes))
        self.points.append(shapely.get_coordinates(_representatives(shapes)))
        self.lengths.append(shapely.length(shapes))
        self.kind_of.extend(self.kinds.setdefault(place.kind, len(self.kinds)) for place in batch)
        for number, place in enumerate(batch, self.count):
            for name in dict.fromkeys((place.name, *place.names)):
                if name:
                    self.name_of_pair.append(self.names.setdefault(name, len(self.names)))
                    self.place_of_pair.append(number)
        self.count += len(batch)
        values = [
            [place.key for place in batch],
            [place.name for place in batch],
            [place.adcode for place in batch],
            [place.parent for place in batch],
            shapely.to_wkb(shapes).tolist(),
            shapely.to_wkb(links).tolist(),
        ]
        columns = [pa.array(column, type=field.type) for column, field in zip(values, PLACES, strict=True)]
        return pa.record_batch(columns, schema=PLACES)

    def save(self, part: Path) -> None:
        """Writes the arrays."""
        owner = np.frombuffer(self.name_of_pair, dtype=np.int32)
        order = np.argsort(owner, kind="stable")
        _save(part, "name_start", np.searchsorted(owner[order], np.arange(len(self.names) + 1)).astype(np.int64))
        _save(part, "name_places", np.frombuffer(self.place_of_pair, dtype=np.int32)[order])
        _save(part, "kinds", np.frombuffer(self.kind_of, dtype=np.uint8))
        _save(part, "boxes", np.concatenate(self.boxes))
        _save(part, "points", np.concatenate(self.points))
        _save(part, "lengths", np.concatenate(self.lengths).astype(np.float32))


def _write(source: Source, places: Iterable[Place], part: Path, progress: Progress) -> int:
    columns = _Columns()
    rest = iter(places)
    with pa.OSFile(str(part / "places.arrow"), "wb") as sink, pa.ipc.new_file(sink, PLACES) as writer:
        while batch := list(islice(rest, BATCH)):
            writer.write_batch(columns.add(batch))
            progress(columns.count)
    if not columns.count:
        reason = f"来源“{source.name}”中没有可用的地名，未作改动"
        raise GuatuError(f"{reason} (no named place in {source.name}; nothing was changed)")
    texts = list(columns.names)
    with pa.OSFile(str(part / "names.arrow"), "wb") as sink, pa.ipc.new_file(sink, NAMES) as writer:
        writer.write_table(pa.table([pa.array(texts, pa.string())], schema=NAMES))
    columns.save(part)
    count, kinds = columns.count, list(columns.kinds)
    del columns  # a million names take as much memory as their keys
    _write_keys(texts, part)
    header = asdict(source) | {"format": FORMAT, "places": count, "names": len(texts), "kinds": kinds}
    (part / "source.json").write_text(json.dumps(header, ensure_ascii=False), encoding="utf-8")
    for file in part.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
    return count


def _representatives(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """One point a shape: inside an area, in the middle of a line; an empty place where there is none."""
    missing = np.array([shape is None for shape in shapes], dtype=bool)
    filled = shapes.copy()
    filled[missing] = shapely.Point(np.nan, np.nan)
    lines = shapely.get_type_id(filled) == 1
    result = np.empty(len(shapes), dtype=object)
    result[missing] = filled[missing]
    result[lines] = shapely.line_interpolate_point(filled[lines], 0.5, normalized=True)
    rest = ~(missing | lines)
    result[rest] = shapely.point_on_surface(filled[rest])
    return result


def _write_keys(texts: list[str], part: Path) -> None:
    """Writes the forms of the names and their keys."""
    columns: list[list[pa.Array]] = [[] for _ in FORMS]
    owners = array("i")
    keys: list[Hashes] = []
    forms_of_keys: list[npt.NDArray[np.int32]] = []
    for start in range(0, len(texts), BATCH):
        batch = [(form, n) for n, text in enumerate(texts[start : start + BATCH], start) for form in names.forms(text)]
        forms = [form for form, _ in batch]
        values = [[getattr(form, field.name) for form in forms] for field in FORMS]
        values[1] = [RULES.index(rule) for rule in values[1]]
        for column, rows, field in zip(columns, values, FORMS, strict=True):
            column.append(pa.array(rows, field.type))
        made, of = _keys_of(forms)
        keys.append(made)
        forms_of_keys.append(of + np.int32(len(owners)))
        owners.extend(n for _, n in batch)
    with pa.OSFile(str(part / "forms.arrow"), "wb") as sink, pa.ipc.new_file(sink, FORMS) as writer:
        writer.write_table(pa.table([pa.concat_arrays(column) for column in columns], schema=FORMS))
    del columns
    _save(part, "form_names", np.frombuffer(owners, dtype=np.int32))
    count = sum(map(len, keys))
    with (part / "keys.npy").open("wb") as sorted_keys, (part / "key_forms.npy").open("wb") as sorted_forms:
        for file, dtype in ((sorted_keys, np.dtype(np.uint64)), (sorted_forms, np.dtype(np.int32))):
            header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (count,)}
            np.lib.format.write_array_header_1_0(file, header)
        for some, of in _in_order(keys, forms_of_keys):
            some.tofile(sorted_keys)
            of.tofile(sorted_forms)


def _keys_of(forms: list[names.Form]) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """The keys under which forms are entered, and the position of the form of each. A form in which no slip is seen is
    entered whole only."""
    hashes = hash_texts([form.text for form in forms])
    slips = np.array([shows_slips(form) for form in forms])
    whole, shortened = slips[hashes.whole_of], slips[hashes.shortened_of]
    keys = [hashes.whole, hashes.sounds[whole] ^ _SOUND, hashes.shortened[shortened] ^ _SHORTENED]
    of = [hashes.whole_of, hashes.whole_of[whole], hashes.shortened_of[shortened]]
    return np.concatenate(keys), np.concatenate(of).astype(np.int32)


def _in_order(keys: list[Hashes], forms: list[npt.NDArray[np.int32]]) -> Iterator[tuple[Hashes, npt.NDArray[np.int32]]]:
    """All keys in order with their forms, in SLICES by their first bits: sorting needs several times what it sorts."""
    for number in range(SLICES):
        chosen = [part // np.uint64(2**64 // SLICES) == number for part in keys]
        some = np.concatenate([part[rows] for part, rows in zip(keys, chosen, strict=True)])
        of = np.concatenate([part[rows] for part, rows in zip(forms, chosen, strict=True)])
        order = np.argsort(some, kind="stable")
        yield some[order], of[order]


def _save(part: Path, name: str, values: npt.NDArray[np.generic]) -> None:
    np.save(part / f"{name}.npy", values)


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

    def same(self, texts: list[str], box: tuple[float, float, float, float] | None = None) -> list[int]:
        """Numbers of the forms that are written as one of the texts.

        Where more than MAX_SIMILAR share a text (卫生院, its town left out), only those are kept whose first place
        lies in the box, and only of the first text, the name itself.
        """
        keys = np.array([_key(text) for text in texts], dtype=np.uint64)
        itself, *derived = self._entered(keys)
        if len(itself) > MAX_SIMILAR:
            points = self.points[self.name_places[self.name_start[self.form_names[itself]]]]
            west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
            inside = (points[:, 0] >= west) & (points[:, 0] <= east) & (points[:, 1] >= south) & (points[:, 1] <= north)
            itself = itself[inside][:MAX_SIMILAR]
        return _numbers([itself, *(part for part in derived if len(part) <= MAX_SIMILAR)])

    def similar(self, texts: list[str]) -> list[int]:
        """Numbers of forms that sound like one of the texts or have one character wrong, dropped, added or swapped
        (and a few that do not). Where more than MAX_SIMILAR share a key, they are left out: which is meant could not
        be said."""
        hashes = hash_texts(texts)
        queries = [hashes.sounds ^ _SOUND, hashes.whole ^ _SHORTENED, hashes.shortened, hashes.shortened ^ _SHORTENED]
        return _numbers(part for part in self._entered(np.concatenate(queries)) if len(part) <= MAX_SIMILAR)

    def _entered(self, keys: Hashes) -> list[npt.NDArray[np.int32]]:
        """The forms under each key."""
        start = self.keys.searchsorted(keys, "left")
        end = self.keys.searchsorted(keys, "right")
        return [self.key_forms[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]

    def read_forms(self, numbers: list[int]) -> list[tuple[names.Form, int]]:
        """Forms by number, each with the number of its name."""
        owners = self.form_names[numbers].tolist()
        columns = [column.chunk(0) for column in self.forms.columns]
        if len(numbers) <= FEW:  # a batch costs more to set up than to read
            rows = [tuple(column[number].as_py() for column in columns) for number in numbers]
        else:
            wanted = pa.array(numbers, pa.int64())
            rows = list(zip(*(column.take(wanted).to_pylist() for column in columns), strict=True))
        return [
            (names.Form(text, RULES[rule], suffix, prefix), name)
            for (text, rule, suffix, prefix), name in zip(rows, owners, strict=True)
        ]

    def name(self, number: int) -> str:
        return str(self.names.column(0)[number].as_py())

    def places_of_name(self, number: int) -> npt.NDArray[np.int32]:
        return self.name_places[self.name_start[number] : self.name_start[number + 1]]

    def kind(self, number: int) -> str:
        return self.kind_names[int(self.kinds[number])]

    def text(self, column: str, number: int) -> str | None:
        """A column of a place: key, name, adcode, parent."""
        value = self.places.column(column)[number].as_py()
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
        wkb = self.places.column(column)[number].as_py()
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
