"""Answers about works are made and sent once for each state of the works, and compressed."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from importlib.metadata import version as release
from threading import Lock
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, request

from geodata.selection import version
from webmap.database import database
from webmap.languages import language

P = ParamSpec("P")
T = TypeVar("T")

MIN_BYTES = 1024  # less fits in one packet as it is
LEVEL = 5  # of zlib: 6 takes half as long again for 2 % less of GeoJSON
COMPRESSED = ("text/", "application/json", "application/geo+json", "application/vnd.mapbox-vector-tile")
KEPT_BYTES = 32 * 2**20  # by each process: the first pages, counts and far tiles that everybody opens the map with
MAX_KEPT_BYTES = KEPT_BYTES // 16  # of one answer: a whole download is asked for once and would push out the rest
RELEASE = release("guatu")
_ANSWERS, _VALUES = "guatu.kept_answers", "guatu.kept_values"


@dataclass(slots=True)
class _Kept:
    """The answers asked for last: body and headers by their tag and whether they are compressed."""

    answers: OrderedDict[tuple[str, bool], tuple[bytes, list[tuple[str, str]]]] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[str, bool]) -> Response | None:
        with self.lock:
            if key not in self.answers:
                return None
            self.answers.move_to_end(key)
            body, headers = self.answers[key]
        return Response(body, headers=headers)

    def add(self, key: tuple[str, bool], response: Response) -> None:
        body = response.get_data()
        if len(body) > MAX_KEPT_BYTES:
            return
        with self.lock:
            if key not in self.answers:
                self.answers[key] = body, list(response.headers)
                self.size += len(body)
            while self.size > KEPT_BYTES:
                _, (oldest, _) = self.answers.popitem(last=False)
                self.size -= len(oldest)


def init_app(app: Flask) -> None:
    """Compresses what a browser that accepts gzip is sent."""
    app.extensions[_ANSWERS] = _Kept()
    app.extensions[_VALUES] = {}
    app.after_request(_compress)


def versioned(view: Callable[P, Response]) -> Callable[P, Response]:
    """A view whose answer depends on its address, the language and the works alone: no page, which knows who asks.

    So its ETag is known before the answer is made, and what was made once for this state of the works is sent again.
    """

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        state = (RELEASE, _version(), language(), request.url)
        tag = hashlib.sha256(repr(state).encode()).hexdigest()[:24]
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            response = _made_once(tag, lambda: view(*args, **kwargs))
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
        return response

    return answered


def once(name: str, make: Callable[[], T]) -> T:
    """A value that depends on the works alone, made once for each state of them. `name` is one of a few."""
    values: dict[str, tuple[str, T]] = current_app.extensions[_VALUES]
    now = _version()
    made = values.get(name)
    if made is None or made[0] != now:
        made = values[name] = now, make()
    return made[1]


def _version() -> str:
    """The version of the works when this request first asked."""
    if "works_version" not in g:
        g.works_version = version(database())
    word: str = g.works_version
    return word


def _made_once(tag: str, make: Callable[[], Response]) -> Response:
    kept: _Kept = current_app.extensions[_ANSWERS]
    key = (tag, bool(request.accept_encodings["gzip"]))
    response = kept.get(key)
    if response is None:
        response = _compress(make())
        if response.status_code == 200 and request.method == "GET":
            kept.add(key, response)
    return response


def _compress(response: Response) -> Response:
    compressible = (response.mimetype or "").startswith(COMPRESSED) and response.status_code == 200
    if not compressible or response.is_streamed or response.headers.get("Content-Encoding"):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) >= MIN_BYTES:
        response.set_data(gzip.compress(data, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag, weak = response.get_etag()
        if tag and not weak:  # other bytes, other tag: a weak one says that they mean the same
            response.set_etag(tag, weak=True)
    return response
