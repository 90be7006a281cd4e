"""Every message of the pages has its English."""

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PO = ROOT / "webmap" / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def test_every_message_has_its_english_and_no_english_is_left_over(tmp_path: Path):
    pot = tmp_path / "messages.pot"
    extract = [
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "webmap/translations/babel.cfg",
        "-k",
        "lazy_gettext",
        "-o",
    ]
    subprocess.run([sys.executable, *extract, str(pot), "."], cwd=ROOT, check=True)
    asked = {message.id for message in read_po(io.BytesIO(pot.read_bytes())) if message.id}
    answered = {message.id: message.string for message in read_po(io.BytesIO(PO.read_bytes())) if message.id}
    assert asked - {message for message, english in answered.items() if english} == set()
    assert answered.keys() - asked == set()
