"""The shell of the inspectors' page: its colours in the sun, and when a tablet fetches it anew."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

CSS = Path(__file__).parents[2] / "webmap" / "static" / "inspection" / "inspection.css"
AA = 4.5  # contrast of text, WCAG 2.2, 1.4.3
PAIRS = [  # letters and what they stand on, as the style sheet names or writes them
    ("ink", "paper"),
    ("soft", "paper"),
    ("edge", "paper"),
    ("good", "paper"),
    ("blue", "paper"),
    ("paper", "accent"),
    ("paper", "ink"),
    ("ink", "#ffe08a"),
    ("#595959", "#e6e6e6"),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, WCAG 2.2."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_has_the_contrast_of_wcag_aa():
    css = CSS.read_text()
    palette = dict(re.findall(r"--(\w+): (#\w+);", css))
    for pair in PAIRS:
        assert all(colour in palette or colour in css for colour in pair), pair
        dark, light = sorted(luminance(palette.get(colour, colour)) for colour in pair)
        assert (light + 0.05) / (dark + 0.05) >= AA, pair


def test_a_tablet_fetches_the_shell_anew_when_what_the_page_says_changes(app: Flask, client: FlaskClient):
    version = re.compile(r'"version": "(\w+)"')
    (first,) = version.findall(client.get("/inspection/worker.js").text)
    assert version.findall(client.get("/inspection/worker.js").text) == [first]
    client.get("/inspection/?lang=en")
    assert version.findall(client.get("/inspection/worker.js").text) != [first]


def test_the_page_names_every_module_that_it_loads(client: FlaskClient):
    named = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', client.get("/inspection/").text))
    loaded, left = set(), ["inspection/page.js"]
    while left:
        module = left.pop()
        loaded.add(module)
        source = (CSS.parents[1] / module).read_text()
        for path in re.findall(r'^import .* from "(\.[^"]+)";', source, re.MULTILINE):
            name = (CSS.parents[1] / module).parent.joinpath(path).resolve().relative_to(CSS.parents[1]).as_posix()
            left += [name] if name not in loaded else []
    assert named == loaded
