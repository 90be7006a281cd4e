"""What a person sees when something is wrong: one page in words, or JSON where JSON was asked for."""

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized

SERVICES = ("/ogc", "/downloads/works")  # for programs, though a browser may look in


def init_app(app: Flask) -> None:
    """Answers errors in the reader's language."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(OperationalError, lambda _error: _answer(ServiceUnavailable()))


def _answer(error: HTTPException) -> tuple[Response | str, int]:
    code = error.code or 500
    return (_problem(error, code) if _is_program() else render_template("error.html", error=error, code=code)), code


def _problem(error: HTTPException, code: int) -> Response:
    """Problem details (RFC 9457)."""
    response = jsonify(type="about:blank", status=code, title=error.name, detail=error.description)
    response.mimetype = "application/problem+json"
    if isinstance(error, Unauthorized):
        response.www_authenticate = WWWAuthenticate("bearer")  # RFC 9110 (15.5.2) wants every 401 to say by what
    return response


def _is_program() -> bool:
    """Whether a program asks rather than a person in a browser, by what it accepts or by the address."""
    accept = request.headers.get("Accept", "")
    if request.path.endswith((".json", ".geojson", ".mvt")) or request.path.startswith("/api"):
        return True
    return "application/json" in accept or (request.path.startswith(SERVICES) and "text/html" not in accept)
