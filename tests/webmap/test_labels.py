"""Every word of the closed lists has a name and, for sectors, one sign everywhere."""

import re
from pathlib import Path

import pytest

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.signs import SIGNS
from webmap import labels

CSS = Path(labels.__file__).parent / "static" / "css" / "guatu.css"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (Sector, labels.SECTORS),
        (Status, labels.STATUSES),
        (Precision, labels.PRECISIONS),
        (Nature, labels.NATURES),
        (Period, labels.PERIODS),
        (Kind, labels.KINDS),
        (Sector, SIGNS),
    ],
)
def test_every_word_has_a_name(words, names):
    assert list(names) == list(words)


def test_the_stylesheet_has_the_colours_of_the_signs():
    written = dict(re.findall(r"\.sign\.sector-(\w+) { background: (#\w+); }", CSS.read_text(encoding="utf-8")))
    assert written == {sector.value: sign.colour for sector, sign in SIGNS.items()}


def test_white_characters_can_be_read_on_every_colour():
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for sign in SIGNS.values():
        assert 1.05 / (luminance(sign.colour) + 0.05) >= 4.5, sign


def test_no_two_sectors_share_a_character():
    assert len({sign.character for sign in SIGNS.values()}) == len(Sector)
