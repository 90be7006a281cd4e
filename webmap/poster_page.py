"""The page where a wall map is chosen, and the wall map."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext
from werkzeug.exceptions import BadRequest

from geodata.datums import DatumError
from geodata.selection import count
from webmap.choices import selection_of
from webmap.database import database
from webmap.poster import SIZES, PosterError, draw_poster

blueprint = Blueprint("poster", __name__)

DEFAULT_SIZE = "A1"
PREVIEW_SIZE = "A4"
OWN_PARAMETERS = ("lang", "size", "title")  # of an address, beside the filters
MAX_TITLE = 60  # characters: more do not fit in one line of any sheet


@blueprint.get("/poster")
def page() -> str:
    """Size and title of the wall map of a selection, and a preview."""
    return render_template(
        "poster.html",
        works=count(database(), selection_of(request.args)),
        sizes={name: f"{width:g} × {height:g}" for name, (width, height) in SIZES.items()},
        size=request.args.get("size", DEFAULT_SIZE),
        preview_size=PREVIEW_SIZE,
        max_title=MAX_TITLE,
        choices=[(name, value) for name, value in request.args.items(multi=True) if name not in OWN_PARAMETERS],
    )


@blueprint.get("/poster.pdf")
def pdf() -> Response:
    """The wall map as PDF: `?size=A4..A0&title=` with the filters."""
    return _drawn(".pdf", "application/pdf")


@blueprint.get("/poster.png")
def png() -> Response:
    """The wall map's first sheet as a picture."""
    return _drawn(".png", "image/png")


def _drawn(ending: str, media_type: str) -> Response:
    size = request.args.get("size", DEFAULT_SIZE)
    if size not in SIZES:
        raise BadRequest(f"size: one of {', '.join(SIZES)}")
    selection = selection_of(request.args)
    with TemporaryDirectory(prefix="guatu-") as folder:
        out = Path(folder) / f"poster{ending}"
        try:
            draw_poster(out, database(), selection, size=size, title=request.args.get("title", "")[:MAX_TITLE])
        except (PosterError, DatumError) as error:
            raise BadRequest(gettext("画不出挂图：%(reason)s", reason=str(error))) from error
        content = BytesIO(out.read_bytes())
    response = send_file(content, mimetype=media_type, download_name=f"guatu-{size}{ending}", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response
