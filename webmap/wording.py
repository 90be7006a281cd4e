"""The words of files for people: field names and values in the language that the file is asked in."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, force_locale

from gazetteer.vocabulary import Status
from geodata.exports import Language, Wording
from webmap import labels

CLOSED_LISTS: dict[str, Mapping[Any, LazyString]] = {
    "kind": labels.KINDS,
    "sector": labels.SECTORS,
    "status": labels.STATUSES,
    "nature": labels.NATURES,
    "period": labels.PERIODS,
    "precision": labels.PRECISIONS,
}


def wording(language: Language) -> Wording:
    """Chinese files have Chinese field names and words; English ones the field names and words of the services."""
    if language == "en":
        return Wording("en")
    with force_locale("zh"):
        words = {
            name: {word.value: str(label) for word, label in closed_list.items()}
            for name, closed_list in CLOSED_LISTS.items()
        }
    return Wording("zh", words)


def status_words() -> dict[str, Status]:
    """What files in Chinese call the statuses."""
    return {word: Status(value) for value, word in wording("zh").words["status"].items()}
