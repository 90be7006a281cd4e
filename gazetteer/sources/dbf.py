"""The text encoding of a Shapefile's .dbf, which says nothing sure of it itself."""

import codecs
import struct
from collections.abc import Iterator
from pathlib import Path

from gazetteer.errors import GuatuError

RECORDS = 2000
"""Records that are looked at. One Chinese name is nearly always enough to tell UTF-8 from GBK."""

CANDIDATES = ("utf-8", "gb18030")
"""In this order: GBK text is almost never valid UTF-8, and UTF-8 text often is valid GB18030, which contains GBK."""


def encoding(shapefile: Path, given: str | None) -> str | None:
    """The given one; else None, for GDAL to decide, where a .cpg says it; else UTF-8 or GB18030, in which the text is
    valid.

    Layout of the .dbf after Esri's Shapefile technical description (dBASE III). Raises GuatuError where it is neither,
    or where the file is cut short, which GDAL overlooks.
    """
    dbf, cpg = (
        next((path for path in (shapefile.with_suffix(e) for e in (ending, ending.upper())) if path.is_file()), None)
        for ending in (".dbf", ".cpg")
    )
    if dbf is None:
        return None
    _refuse_cut(dbf)
    if given or cpg is not None:
        return given
    for candidate in CANDIDATES:
        try:
            for cell in _texts(dbf):
                # A cell is cut at its width, so its last character may be half.
                codecs.getincrementaldecoder(candidate)().decode(cell)
        except UnicodeDecodeError:
            continue
        return candidate
    raise GuatuError(
        f"{dbf.name} 的文字编码不明,请用 encoding 指定 Unknown text encoding: say it with encoding, e.g. big5"
    )


def _refuse_cut(dbf: Path) -> None:
    with dbf.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise GuatuError(f"{dbf.name} 不完整,请重新复制 is cut short: copy it again")
    records, header_size, record_size = struct.unpack("<IHH", head[4:12])
    if header_size + records * record_size > dbf.stat().st_size:
        raise GuatuError(f"{dbf.name} 不完整,请重新复制 is cut short: copy it again")


def _texts(dbf: Path) -> Iterator[bytes]:
    """Names of the fields and the cells of text fields."""
    with dbf.open("rb") as file:
        header_size, record_size = struct.unpack("<HH", file.read(32)[8:12])
        descriptors = file.read(max(header_size - 32, 0))
        fields, offset = [], 1
        for start in range(0, len(descriptors) - 31, 32):
            descriptor = descriptors[start : start + 32]
            if descriptor[0] == 0x0D:
                break
            yield descriptor[:11].split(b"\0")[0]
            if descriptor[11:12] == b"C":
                fields.append(slice(offset, offset + descriptor[16]))
            offset += descriptor[16]
        for _ in range(RECORDS):
            record = file.read(record_size)
            if not record or len(record) < record_size:
                return
            for field in fields:
                yield record[field].rstrip(b" \0")
