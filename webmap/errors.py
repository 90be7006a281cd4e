"""What a person sees when something is wrong: one page in words, or JSON where JSON was asked for."""

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable


def init_app(app: Flask) -> None:
    """Answers errors in the reader's language."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(OperationalError, lambda _error: _answer(ServiceUnavailable()))


def _answer(error: HTTPException) -> tuple[Response | str, int]:
    code = error.code or 500
    if request.path.endswith((".json", ".geojson", ".mvt")) or "application/json" in request.headers.get("Accept", ""):
        return jsonify(status=code, title=error.name, detail=error.description), code
    return render_template("error.html", error=error, code=code), code
