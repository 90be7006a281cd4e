"""Checks as devices send them, and small photos."""

import hashlib
import io
import random
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from geodata.inspections import PART_BYTES
from geodata.models import Account, Work

DEVICE = str(UUID(int=1))
SEEN = "2026-03-01T09:30:00+08:00"


def a_check(work: Work, account: Account, /, **fields: Any) -> dict[str, Any]:
    """What a device says: the work was found at 120.001, 28.901, unless the fields say otherwise."""
    located = work.locations[-1].id if work.locations else None
    return {
        "device": DEVICE,
        "inspector": account.name,
        "work": work.id,
        "location": located,
        "finding": "moved",
        "geometry": {"type": "Point", "coordinates": [120.001, 28.901]},
        "position": {"lon": 120.001, "lat": 28.901, "accuracy_m": 8.0},
        "seen_at": SEEN,
        "clock_offset_s": 0.0,
        "status_seen": None,
        "note": "",
        "photos": [],
        **fields,
    }


def a_jpeg(seed: int = 0, side: int = 64, **saving: Any) -> bytes:
    """A photo of noise, which JPEG cannot make small: about a byte a pixel."""
    noise = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(3 * side * side))
    file = io.BytesIO()
    noise.save(file, "JPEG", **saving)
    return file.getvalue()


def announced(jpeg: bytes, **fields: Any) -> dict[str, Any]:
    """A photo as a check announces it."""
    return {
        "id": str(uuid4()),
        "sha256": hashlib.sha256(jpeg).hexdigest(),
        "size": len(jpeg),
        "taken_at": SEEN,
        "position": {"lon": 120.001, "lat": 28.901, "accuracy_m": 8.0},
        "direction": 270.0,
        **fields,
    }


def in_parts(jpeg: bytes) -> list[bytes]:
    """The bytes as a device sends them."""
    return [jpeg[at : at + PART_BYTES] for at in range(0, len(jpeg), PART_BYTES)]
