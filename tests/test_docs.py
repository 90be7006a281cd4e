"""What there is to type and to set is written down; what is written down exists; imports point one way."""

import ast
import re
from pathlib import Path

import pytest

from webmap.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
ROOMS = ("gazetteer", "geodata", "webmap")  # in the order of the way through
INTERNAL = {"GUATU_AUTHORITY"}  # from one process of guatu to another


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str):
    assert f"guatu {command}" in WRITTEN


def test_every_setting_is_documented():
    code = "\n".join(module.read_text(encoding="utf-8") for room in ROOMS for module in modules(room))
    settings = set(re.findall(r"[\"'](GUATU_[A-Z_]+|DATABASE_URL)[\"']", code)) - INTERNAL
    assert {setting for setting in settings if setting not in WRITTEN} == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_of_the_documents_leads_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_imports_backwards(room: str):
    later = ROOMS[ROOMS.index(room) + 1 :]
    backwards = []
    for module in modules(room):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            backwards += [f"{module.name}: {name}" for name in names if name.partition(".")[0] in later]
    assert backwards == []


def test_the_gazetteer_knows_no_web_and_no_database():
    foreign = {"flask", "sqlalchemy", "geoalchemy2", "psycopg", "folium"}
    found = []
    for module in modules("gazetteer"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{module.name}: {name}" for name in names if name.partition(".")[0] in foreign]
    assert found == []
