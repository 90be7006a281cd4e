"""The genre's words as data: loaded from TOML files, checked, and compiled once.

The files beside this module (`lexicon/*.toml`) say what each of their tables means. A planner's own folder may hold
files of the same names: its words are added, a word that is already there takes the planner's meaning, and a list
`remove` at the top of a file takes words away.
"""

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from gazetteer.reading.lexicon_file import LexiconError, LexiconFile, files_in
from gazetteer.vocabulary import Kind, Nature, Sector, Status

FOLDER = Path(__file__).with_name("lexicon")
FILES = ("verbs", "heads", "units", "stops", "cues", "structure", "names")
ELSEWHERE = ("columns",)
"""Files of the same folder that other modules read (`column_words`)."""


class Role(StrEnum):
    """What a word can do in a clause."""

    ADVERB = "adverb"
    VERB = "verb"
    AFTER = "after"
    ACTION = "action"
    STAGE = "stage"
    HEAD = "head"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb (or a predicate behind its works) says. `status` None: only a link to the next verb. `final`: what
    follows it adds nothing (进入安装阶段)."""

    status: Status | None
    strong: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to the works; `kind` and `sector` where the action itself makes the thing."""

    nature: Nature
    kind: Kind | None = None
    sector: Sector | None = None
    name: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What a thing is by its last word. `common`: a county has many of them; `weak`: many other words end in it too."""

    kind: Kind
    sector: Sector
    common: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that decide a sector, for works of `kinds` (empty: of all)."""

    sector: Sector
    words: re.Pattern[str]
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class KindCue:
    """Words that say what a thing is, where its last word names one of the kinds `heads`."""

    kind: Kind
    sector: Sector
    words: re.Pattern[str]
    heads: frozenset[Kind]


class Endings:
    """A set of words that looks for those that a stretch of text ends in, the longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[-1], set()).add(len(word))
        self._lengths = {char: tuple(sorted(found, reverse=True)) for char, found in lengths.items()}
        self.last = frozenset(self._lengths)
        """The characters that the words end in."""

    def longest(self, text: str, start: int, end: int) -> int:
        """Where the longest of the words that `text[start:end]` ends in begins; `end` where it ends in none."""
        if start < end:
            room = end - start
            for length in self._lengths.get(text[end - 1], ()):
                if length <= room and text[end - length : end] in self._words:
                    return end - length
        return end

    def __contains__(self, word: str) -> bool:
        return word in self._words


@dataclass(slots=True)
class Lexicon:
    """All word lists, ready to use. Build it with `load`."""

    adverbs: set[str] = field(default_factory=set)
    verbs: dict[str, Verb] = field(default_factory=dict)
    afters: dict[str, Verb] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    stages: dict[str, Status] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    common_heads: dict[str, Head] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stop_ends: dict[str, str] = field(default_factory=dict)
    stop_holds: dict[str, str] = field(default_factory=dict)
    stop_starts: dict[str, str] = field(default_factory=dict)
    name_cues: list[Cue] = field(default_factory=list)
    kind_cues: list[KindCue] = field(default_factory=list)
    sector_kinds: dict[Sector, Kind] = field(default_factory=dict)
    heading_cues: list[Cue] = field(default_factory=list)
    roles: dict[str, frozenset[Role]] = field(default_factory=dict)
    words: re.Pattern[str] = re.compile(r"(?!)")
    head_endings: "Endings" = field(default_factory=lambda: Endings(()))

    def compile(self) -> None:
        """Build the one pattern that finds every word, longest first, and the roles each word can play."""
        roles: dict[str, set[Role]] = {}
        for role, words in (
            (Role.ADVERB, self.adverbs),
            (Role.VERB, self.verbs),
            (Role.AFTER, self.afters),
            (Role.ACTION, self.actions),
            (Role.STAGE, self.stages),
            (Role.HEAD, self.heads),
            (Role.HEAD, self.common_heads),
            (Role.LITERAL, self.lists["literals"]),
        ):
            for word in words:
                roles.setdefault(word, set()).add(role)
        # A head of one character is looked up at the end of a name only: within a clause it would hide other words.
        found = [w for w, r in roles.items() if len(w) > 1 or r != {Role.HEAD}]
        self.roles = {word: frozenset(role) for word, role in roles.items()}
        self.words = re.compile(trie_pattern(found))
        self.head_endings = Endings((*self.heads, *self.common_heads))


_FEW_BRANCHES = 6
"""Branches of a pattern that are tried one after the other as fast as a set of characters is looked up."""


def trie_pattern(words: Iterable[str]) -> str:
    """A regular expression that matches the longest of `words`; a trie, so that their number does not slow it down."""
    trie: dict[str, Any] = {}
    for word in words:
        node = trie
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}

    def render(node: dict[str, Any]) -> str:
        end = "" in node
        chars = sorted(filter(None, node))
        if not chars:
            return ""
        body = choice(chars, node)
        if end:
            return f"(?:{body})?"
        return f"(?:{body})" if len(chars) > 1 else body

    def choice(chars: list[str], node: dict[str, Any]) -> str:
        """The branches of a node, halved by sets of first characters: a set is looked up at once, branches in turn."""
        if len(chars) <= _FEW_BRANCHES:
            return "|".join(re.escape(char) + render(node[char]) for char in chars)
        half = len(chars) // 2
        first, second = chars[:half], chars[half:]
        seen = "".join(map(re.escape, first))
        return f"(?=[{seen}])(?:{choice(first, node)})|(?:{choice(second, node)})"

    return render(trie) or "(?!)"


@functools.lru_cache(maxsize=8)
def load(folder: Path | None = None) -> Lexicon:
    """The lexicon of the package, with the files of `folder` laid over it. Raises `LexiconError`."""
    lexicon = Lexicon()
    for source in (FOLDER, folder):
        if source is None:
            continue
        for path in files_in(source):
            if path.stem in ELSEWHERE:
                continue
            if path.stem not in FILES:
                raise LexiconError(f"{path}: 未知的词库文件 unknown lexicon file; one of {', '.join(FILES)}")
            _read(lexicon, path)
    lexicon.compile()
    return lexicon


def _read(lexicon: Lexicon, path: Path) -> None:
    file = LexiconFile.open(path)
    data = dict(file.data)
    for word in file.texts(data.pop("remove", []), "remove"):
        _forget(lexicon, word)
    _READERS[path.stem](lexicon, data, file)


def _forget(lexicon: Lexicon, word: str) -> None:
    lexicon.adverbs.discard(word)
    tables: tuple[dict[str, Any], ...] = (
        *(lexicon.verbs, lexicon.afters, lexicon.actions, lexicon.stages, lexicon.heads, lexicon.common_heads),
        *(lexicon.stop_starts, lexicon.stop_ends, lexicon.stop_holds),
    )
    for table in tables:
        table.pop(word, None)
    for key, words in lexicon.lists.items():
        lexicon.lists[key] = tuple(kept for kept in words if kept != word)


def _add_lists(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile, keys: tuple[str, ...]) -> None:
    for key in keys:
        words = file.texts(data.pop(key, []), key)
        lexicon.lists[key] = tuple(dict.fromkeys([*lexicon.lists.get(key, ()), *words]))


def _read_verbs(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    keys = ("inside", "building", "plans", "approvals", "approvers", "part_works")
    file.known(data, {*keys, "adverbs", "verb", "after", "action", "stage"})
    _add_lists(lexicon, data, file, keys)
    lexicon.adverbs.update(file.texts(data.get("adverbs", []), "adverbs"))
    for key, table_of in (("verb", lexicon.verbs), ("after", lexicon.afters)):
        for table in file.tables(data, key, {"status", "strong", "final", "words"}):
            status = file.one_of(Status, table["status"], "status") if "status" in table else None
            verb = Verb(status, bool(table.get("strong", False)), bool(table.get("final", False)))
            table_of.update(dict.fromkeys(file.texts(table.get("words"), "words"), verb))
    for table in file.tables(data, "action", {"nature", "kind", "sector", "name", "words"}):
        action = Action(
            file.one_of(Nature, table.get("nature"), "nature"),
            file.one_of(Kind, table["kind"], "kind") if "kind" in table else None,
            file.one_of(Sector, table["sector"], "sector") if "sector" in table else None,
            bool(table.get("name", False)),
        )
        lexicon.actions.update(dict.fromkeys(file.texts(table.get("words"), "words"), action))
    for table in file.tables(data, "stage", {"status", "words"}):
        status = file.one_of(Status, table.get("status"), "status")
        lexicon.stages.update(dict.fromkeys(file.texts(table.get("words"), "words"), status))


def _read_heads(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    keys = (
        "generic",
        "modifiers",
        "parts",
        "dependents",
        "unshared",
        "collective",
        "natural",
        "places",
        "renovated",
        "levels",
        "structures",
    )
    file.known(data, {*keys, "head"})
    _add_lists(lexicon, data, file, keys)
    for table in file.tables(data, "head", {"kind", "sector", "common", "weak", "words"}):
        head = Head(
            file.one_of(Kind, table.get("kind"), "kind"),
            file.one_of(Sector, table.get("sector"), "sector"),
            bool(table.get("common", False)),
            bool(table.get("weak", False)),
        )
        heads = lexicon.common_heads if head.common else lexicon.heads
        heads.update(dict.fromkeys(file.texts(table.get("words"), "words"), head))


def _read_units(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    keys = ("count", "length", "area", "other", "foreign")
    file.known(data, set(keys))
    _add_lists(lexicon, data, file, keys)


def _read_stops(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    file.known(data, {"stop"})
    for table in file.tables(data, "stop", {"why", "starts", "ends", "holds"}):
        why = table.get("why")
        if not isinstance(why, str):
            raise file.fail("[[stop]]", "缺少 why a reason is missing")
        lexicon.stop_starts.update(dict.fromkeys(file.texts(table.get("starts", []), "starts"), why))
        lexicon.stop_ends.update(dict.fromkeys(file.texts(table.get("ends", []), "ends"), why))
        lexicon.stop_holds.update(dict.fromkeys(file.texts(table.get("holds", []), "holds"), why))


def _any_of(words: list[str]) -> re.Pattern[str]:
    """A pattern that finds any of the words; * stands for one to three characters (引*济)."""
    return re.compile("|".join(re.escape(word).replace(r"\*", ".{1,3}") for word in words) or "(?!)")


def _read_cues(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    file.known(data, {"name", "heading", "kind", "kinds"})
    lexicon.kind_cues[:0] = [
        KindCue(
            file.one_of(Kind, table.get("kind"), "kind"),
            file.one_of(Sector, table.get("sector"), "sector"),
            _any_of(file.texts(table.get("words"), "words")),
            frozenset(file.one_of(Kind, kind, "heads") for kind in file.texts(table.get("heads", []), "heads")),
        )
        for table in file.tables(data, "kind", {"kind", "sector", "words", "heads"})
    ]
    for sector, kind in data.get("kinds", {}).items():
        lexicon.sector_kinds[file.one_of(Sector, sector, "kinds")] = file.one_of(Kind, kind, "kinds")
    for key, cues in (("name", lexicon.name_cues), ("heading", lexicon.heading_cues)):
        added = [
            Cue(
                file.one_of(Sector, table.get("sector"), "sector"),
                _any_of(file.texts(table.get("words"), "words")),
                frozenset(file.one_of(Kind, kind, "kinds") for kind in file.texts(table.get("kinds", []), "kinds")),
            )
            for table in file.tables(data, key, {"sector", "words", "kinds"})
        ]
        cues[:0] = added


def _read_structure(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    keys = ("done", "planned", "body_done", "body_planned")
    file.known(data, set(keys))
    _add_lists(lexicon, data, file, keys)


def _read_names(lexicon: Lexicon, data: dict[str, Any], file: LexiconFile) -> None:
    keys = ("joined", "literals", "not_etc", "processes", "articles", "openings")
    file.known(data, set(keys))
    _add_lists(lexicon, data, file, keys)


_READERS: dict[str, Callable[[Lexicon, dict[str, Any], LexiconFile], None]] = {
    "verbs": _read_verbs,
    "heads": _read_heads,
    "units": _read_units,
    "stops": _read_stops,
    "cues": _read_cues,
    "structure": _read_structure,
    "names": _read_names,
}
