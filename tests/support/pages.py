"""The application and its pages: configured for a test, served to a browser, signed in to."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext
from werkzeug.serving import WSGIRequestHandler, make_server


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as the servers do that guatu runs behind."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def configured(app: Flask, **settings: Any) -> Iterator[Flask]:
    """The application with other settings while the context lasts; then whatever was changed of them is put back."""
    before = dict(app.config)
    app.config.update(settings)
    try:
        yield app
    finally:
        app.config.clear()
        app.config.update(before)


@contextlib.contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an application's pages, while the context lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hand_over(client: FlaskClient, context: BrowserContext, base_url: str) -> None:
    """Lets a browser go on with what a client of the application has signed in to."""
    cookie = client.get_cookie("guatu")
    context.add_cookies([{"name": "guatu", "value": cookie.value, "url": base_url}])
