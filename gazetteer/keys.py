"""Under which numbers a name is entered in the index, and by which it is looked for.

Candidates for a name come from deletion neighbourhoods (Mor and Fraenkel 1982; SymSpell is the same idea): every form
of a name is entered under the hash of itself, of itself with any one character left out, and of its sound, so that
what is written the same, has one character wrong, dropped or added, or sounds alike is a handful of binary searches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

import numpy as np
import numpy.typing as npt

from gazetteer.names import MAX_NAME, Form
from gazetteer.slips import shows_slips
from gazetteer.sounds import code_points, sound_of, sounds_of

MAX_SLIP_NAME = 40
"""Forms longer than this are entered whole only: a slip in them is not looked for."""
MIN_SLIP_NAME = 3
"""Forms shorter than this are entered whole only: what is left of two characters would be shared by thousands."""
_SOUND = np.uint64(0x9E3779B97F4A7C15)
_SHORTENED = np.uint64(0xC2B2AE3D27D4EB4F)
_BASE = np.uint64(0xD6E8FEB86659FD93)

Hashes = npt.NDArray[np.uint64]


def _mix(values: npt.NDArray[np.uint32]) -> Hashes:
    """Spreads code points over 64 bits (the finaliser of splitmix64)."""
    z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


_POWERS = np.cumprod(np.concatenate([[np.uint64(1)], np.full(MAX_NAME + 8, _BASE, dtype=np.uint64)]), dtype=np.uint64)


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
def _mixed(point: int) -> int:
    return int(_mix(np.array([point], dtype=np.uint32))[0])


def _key(points: Iterable[int]) -> int:
    total: int = sum(map(mul, map(_mixed, points), _POWERS_OF_ONE))
    return total & _WORD


@lru_cache(maxsize=65536)
def key_of(text: str) -> int:
    """The hash of one whole text, as `hash_texts` has it: of a few short texts the quicker way."""
    return _key(map(ord, text))


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


def keys_of_forms(forms: list[Form]) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """The keys under which forms are entered, and the position of the form of each. A form in which no slip is seen is
    entered whole only."""
    hashes = hash_texts([form.text for form in forms])
    slips = np.array([shows_slips(form) for form in forms])
    whole, shortened = slips[hashes.whole_of], slips[hashes.shortened_of]
    keys = [hashes.whole, hashes.sounds[whole] ^ _SOUND, hashes.shortened[shortened] ^ _SHORTENED]
    of = [hashes.whole_of, hashes.whole_of[whole], hashes.shortened_of[shortened]]
    return np.concatenate(keys), np.concatenate(of).astype(np.int32)


def similar_keys(texts: list[str]) -> Hashes:
    """The keys of forms that sound like one of the texts or have one character wrong, dropped, added or swapped (and of
    a few that do not)."""
    sounds = [_key(map(sound_of, text)) for text in texts]
    whole = [key_of(text) for text in texts]
    shortened = [
        key_of(text[:at] + text[at + 1 :])
        for text in texts
        if MIN_SLIP_NAME <= len(text) <= MAX_SLIP_NAME
        for at in range(len(text))
    ]
    keys = np.array([*sounds, *whole, *shortened], dtype=np.uint64)
    keys[: len(sounds)] ^= _SOUND
    keys[len(sounds) :] ^= _SHORTENED
    return np.concatenate([keys, np.array(shortened, dtype=np.uint64)])
