"""What the scripts of a page need to know."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from geodata.models import GazetteerSource
from geodata.signs import SIGNS
from webmap import labels
from webmap.database import database


def page_settings() -> dict[str, object]:
    """Addresses, labels, signs and strings in the reader's language, for the template to print as JSON."""
    attributions = database().scalars(
        select(GazetteerSource.attribution).distinct().order_by(GazetteerSource.attribution)
    )
    return {
        "attribution": " · ".join(attributions),
        "addresses": {
            "works": url_for("map_page.works_on_map"),
            "facets": url_for("map_page.choices"),
            "list": url_for("works.listing"),
            "work": url_for("works.page", work_id=0),
            "tiles": url_for("tiles.gazetteer_tile", z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}"),
            "download": url_for("map_page.download"),
        },
        "labels": {
            "sector": {word.value: str(label) for word, label in labels.SECTORS.items()},
            "status": {word.value: str(label) for word, label in labels.STATUSES.items()},
            "precision": {word.value: str(label) for word, label in labels.PRECISIONS.items()},
            "kind": {word.value: str(label) for word, label in labels.KINDS.items()},
        },
        "signs": {sector.value: {"colour": sign.colour, "character": sign.character} for sector, sign in SIGNS.items()},
        "strings": {
            "open": gettext("详情"),
            "shown": gettext("{n} 项工程，{placed} 项在图上"),
            "none": gettext("没有符合条件的工程"),
            "failed": gettext("数据未能载入，请检查网络后重试"),
            "no_town": gettext("未知乡镇"),
            "more": gettext("再显示 {n} 项"),
            "confidence": gettext("把握 {p}%"),
        },
    }
