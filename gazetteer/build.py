"""Building the index of one source: apart, and put in place at once (see `gazetteer.index`)."""

import fcntl
import json
import os
import shutil
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gazetteer import names
from gazetteer.errors import GuatuError
from gazetteer.index import FORMAT, FORMS, NAMES, PLACES, RULES
from gazetteer.keys import Hashes, keys_of_forms
from gazetteer.place import Place, Source

BATCH = 20_000
"""Places that are held as objects before they are written to the tables."""
SLICES = 16
"""Parts in which the keys are sorted, to hold little more memory than they take."""

Floats = npt.NDArray[np.float64]
Progress = Callable[[int], None]


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
        columns = [_column(column, field.type) for column, field in zip(values, PLACES, strict=True)]
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
        writer.write_table(pa.table([_column(texts, pa.string())], schema=NAMES))
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


def _column(values: Sequence[str | bytes | None], kind: pa.DataType) -> pa.Array:
    """Texts or bytes as an Arrow array. `pa.array` would import pandas, which takes a third of a second."""
    data = [value.encode() if isinstance(value, str) else value or b"" for value in values]
    width = np.int64 if kind == pa.large_binary() else np.int32
    ends = np.cumsum([0, *map(len, data)], dtype=width)
    present = np.packbits([value is not None for value in values], bitorder="little")
    return pa.Array.from_buffers(kind, len(data), [pa.py_buffer(part) for part in (present, ends, b"".join(data))])


def _rules(rules: list[names.Rule]) -> pa.Array:
    numbers = np.array([RULES.index(rule) for rule in rules], dtype=np.uint8)
    return pa.Array.from_buffers(pa.uint8(), len(numbers), [None, pa.py_buffer(numbers)])


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
        for column, field in zip(columns, FORMS, strict=True):
            values = [getattr(form, field.name) for form in forms]
            column.append(_rules(values) if field.name == "rule" else _column(values, field.type))
        made, of = keys_of_forms(forms)
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
