"""What browsers may load: no script that guatu did not write, nothing from other hosts but the operator's base maps."""

import secrets

from flask import Flask, Response, current_app, g


def init_app(app: Flask) -> None:
    """Sends a content security policy with every page; inline scripts need the request's nonce."""
    app.context_processor(lambda: {"nonce": nonce()})
    app.after_request(_set_headers)


def nonce() -> str:
    """The word that lets this response's own inline scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    word: str = g.nonce
    return word


def _set_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce()}'",
            "style-src 'self'",
            " ".join(["img-src 'self' data: blob:", *current_app.config.get("IMAGE_HOSTS", ())]),
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
