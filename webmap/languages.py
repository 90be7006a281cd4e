"""Chinese first, English by one switch. Messages are written in Chinese; `translations/en` has the English ones."""

from flask import Flask, request, session
from flask_babel import Babel

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"


def init_app(app: Flask) -> None:
    """Chooses the language of every request: `?lang=`, else the one chosen before, else Chinese."""
    Babel(app, default_locale=DEFAULT, locale_selector=language)
    app.context_processor(lambda: {"language": language(), "languages": LANGUAGES})


def language() -> str:
    """`zh` or `en`."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session["language"] = asked
    chosen = session.get("language", DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT
