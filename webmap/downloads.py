"""Downloads: the page where format, coordinate system and words are chosen, and the file."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar, cast

from flask import Blueprint, Response, after_this_request, render_template, request, send_file
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from geodata.datums import DATUMS, Datum, DatumError, datum_of, zone_of
from geodata.exports import (
    ENCODINGS,
    FORMATS,
    LANGUAGES,
    EmptySelectionError,
    EncodingError,
    ExportError,
    export,
    format_of,
    middle_longitude,
    snapshot,
)
from geodata.selection import Selection, count
from webmap.choices import selection_of
from webmap.database import database
from webmap.languages import language
from webmap.wording import wording

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")

T = TypeVar("T", bound=str)
GEOGRAPHIC, FOR_WEB_MAPS = ("EPSG:4326", "EPSG:4490"), ("EPSG:3857", "GCJ-02")  # offered beside the works' zones


@blueprint.get("/")
def page() -> str:
    """What there is to choose for the selection of the address."""
    selection = selection_of(request.args)
    return render_template(
        "downloads.html",
        works=count(database(), selection),
        formats=FORMATS.values(),
        systems=_systems(selection),
        encodings=ENCODINGS,
        choices=[(name, value) for name, value in request.args.items(multi=True) if name != "lang"],
        names=language(),
    )


@blueprint.get("/works")
def works() -> Response:
    """The file: `?format=&crs=&encoding=&names=` with the filters.

    It is written whole before it is sent, so that its length is known and a cut download is noticed.
    """
    selection = selection_of(request.args)
    folder = TemporaryDirectory(prefix="guatu-")
    after_this_request(lambda response: _removed_with(response, folder))
    try:
        file_format = format_of(request.args.get("format", "gpkg"))
        encoding = _one_of("encoding", ENCODINGS, "UTF-8")
        words = wording(_one_of("names", LANGUAGES, "zh"))
        path = Path(folder.name) / f"works{file_format.ending}"
        with Session(database().get_bind()) as session:
            snapshot(session)
            datum = datum_of(request.args.get("crs", "EPSG:4326"), middle_longitude(session, selection))
            export(path, session, selection, file_format, datum, words, encoding=encoding)
    except EmptySelectionError as error:
        raise NotFound(gettext("没有符合条件的工程")) from error
    except EncodingError as error:
        raise BadRequest(gettext("“%(c)s”不在 GBK 字符集中，请改用 UTF-8", c=error.character)) from error
    except (DatumError, ExportError) as error:
        raise BadRequest(str(error)) from error
    response = send_file(
        path,
        mimetype=file_format.media_type,
        as_attachment=True,
        download_name=f"guatu-works-{datum.mark}{file_format.ending}",
        max_age=0,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _removed_with(response: Response, folder: TemporaryDirectory[str]) -> Response:
    response.call_on_close(folder.cleanup)
    return response


def _systems(selection: Selection) -> Sequence[Datum]:
    """The coordinate systems to offer: the common ones, and the zones in whose reach the works lie."""
    longitude = middle_longitude(database(), selection)
    zones: list[Datum] = []
    if longitude is not None:
        with suppress(DatumError):  # outside China there are none to offer
            zones = [zone_of(longitude, 3), zone_of(longitude, 3, numbered=True), zone_of(longitude, 6)]
    return [*(DATUMS[key] for key in GEOGRAPHIC), *zones, *(DATUMS[key] for key in FOR_WEB_MAPS)]


def _one_of(name: str, allowed: Sequence[T], default: T) -> T:
    value = request.args.get(name, default)
    if value not in allowed:
        raise BadRequest(f"{name}: one of {', '.join(allowed)}")
    return cast(T, value)
