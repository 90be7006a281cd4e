"""One file of a lexicon: TOML, read with a limit, and the checks that name its lines."""

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from gazetteer.errors import GuatuError

MAX_FILE_BYTES = 4_000_000
"""No lexicon file of a planner is larger; a larger one is a mistake."""
_E = TypeVar("_E", bound=StrEnum)


class LexiconError(GuatuError):
    """A lexicon file that cannot be used; the message names the file and the line."""


def files_in(folder: Path) -> list[Path]:
    """The TOML files of a lexicon folder. Raises `LexiconError` where there is no such folder."""
    if not folder.is_dir():
        raise LexiconError(f"词库文件夹不存在 no such lexicon folder: {folder}")
    return sorted(folder.glob("*.toml"))


class LexiconFile:
    """A lexicon file: its `data`, and checks that raise `LexiconError`."""

    def __init__(self, path: Path, text: str, data: Mapping[str, Any]) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.data = data

    @classmethod
    def open(cls, path: Path) -> "LexiconFile":
        """Reads a file. Raises `LexiconError` where it is too large or no TOML in UTF-8."""
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LexiconError(f"{path}: 词库文件过大 larger than {MAX_FILE_BYTES} bytes")
        try:
            text = path.read_text(encoding="utf-8")
            return cls(path, text, tomllib.loads(text))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LexiconError(f"{path}: {error}") from None

    def fail(self, near: str, message: str, below: Sequence[str] = ()) -> LexiconError:
        """The error for the first line that holds `near`, at or below the lines that hold each of `below` in turn."""
        line = 1
        for words in (*below, near):
            line = next((n for n, row in enumerate(self.lines[line - 1 :], line) if words in row), line)
        return LexiconError(f"{self.path}:{line}: {message}")

    def texts(self, value: object, key: str, below: Sequence[str] = ()) -> list[str]:
        """The words of a list."""
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            raise self.fail(key, f"{key} 应为非空词语的列表 must be a list of words", below)
        return [word.strip() for word in value]

    def table(self, data: Mapping[str, Any], key: str, below: Sequence[str] = ()) -> Mapping[str, Any]:
        """The table of a key, empty where there is none."""
        table = data.get(key, {})
        if not isinstance(table, dict):
            raise self.fail(key, f"{key} 应为一张表 must be a table", below)
        return table

    def tables(self, data: Mapping[str, Any], key: str, allowed: set[str]) -> list[dict[str, Any]]:
        """The tables of a list of tables, which hold no other keys than `allowed`."""
        tables = data.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.fail(key, f"写作 write it as [[{key}]]")
        for table in tables:
            for name in table:
                if name not in allowed:
                    raise self.fail(
                        f"{name} =", f"[[{key}]] 中未知的键 unknown key {name!r}; one of {', '.join(sorted(allowed))}"
                    )
        return tables

    def known(self, data: Mapping[str, Any], allowed: set[str], below: Sequence[str] = ()) -> None:
        """Checks that a table holds no other keys than `allowed`."""
        for name in data:
            if name not in allowed:
                raise self.fail(name, f"未知的键 unknown key {name!r}; one of {', '.join(sorted(allowed))}", below)

    def one_of(self, enum: type[_E], value: object, key: str, below: Sequence[str] = ()) -> _E:
        """The member of a closed list that `value` names."""
        try:
            return enum(str(value))
        except ValueError:
            allowed = ", ".join(member.value for member in enum)
            raise self.fail(f'"{value}"', f"{key} {value!r} 不在词表中 is not one of {allowed}", below) from None
