"""What the scripts of a page need to know."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from geodata.models import GazetteerSource
from geodata.signs import SIGNS
from webmap import base_maps, labels
from webmap.database import database
from webmap.inspection.wording import FINDING_CHOICES


def page_settings() -> dict[str, object]:
    """Addresses, labels, signs and strings in the reader's language, for the template to print as JSON."""
    attributions = database().scalars(
        select(GazetteerSource.attribution).distinct().order_by(GazetteerSource.attribution)
    )
    return {
        "base_maps": base_maps.for_page(),
        "attribution": " · ".join(attributions),
        "addresses": {
            "works": url_for("map_page.works_on_map"),
            "facets": url_for("map_page.choices"),
            "reports": url_for("map_page.report_titles"),
            "list": url_for("works.listing"),
            "work": url_for("works.page", work_id=0),
            "tiles": url_for("tiles.gazetteer_tile", z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}"),
            "download": url_for("map_page.download"),
            "downloads": url_for("downloads.page"),
            "works_tiles": url_for("works_tiles.works_tile", z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}"),
            "state": url_for("editing.state", work_id=0),
            "candidates": url_for("editing.candidates", work_id=0),
            "place_json": url_for("editing.place", work_id=0),
            "status_json": url_for("editing.status", work_id=0),
            "queue": url_for("editing.queue"),
        },
        "labels": {
            "sector": {word.value: str(label) for word, label in labels.SECTORS.items()},
            "status": {word.value: str(label) for word, label in labels.STATUSES.items()},
            "precision": {word.value: str(label) for word, label in labels.PRECISIONS.items()},
            "kind": {word.value: str(label) for word, label in labels.KINDS.items()},
            "report_kind": {word.value: str(label) for word, label in labels.REPORT_KINDS.items()},
            "finding": {value: str(label) for value, label in FINDING_CHOICES.items()},
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
            "own_base_map": gettext("地名库底图"),
            "page": gettext("第 {from}–{to} 项，共 {of} 项"),
            "cluster": gettext("{n} 项工程"),
            "edit": gettext("定位与进展"),
            "saved": gettext("已保存"),
            "take": gettext("把位置改为“{name}”？"),
            "cut": gettext("在路上先后点起点和终点"),
            "cut_ready": gettext("两端已选好，保存即截取这一段"),
            "draw_Marker": gettext("点一下地图，放下一个点"),
            "draw_Line": gettext("逐点画线，双击最后一点结束"),
            "draw_Polygon": gettext("逐点画面，点回起点结束"),
            "drawn": gettext("画好了；可再拖动，满意后保存"),
            "adjust": gettext("拖动图形或它的顶点，然后保存"),
            "in_queue": gettext("第 {n} 项，共 {of} 项存疑"),
            "queue_empty": gettext("没有存疑的工程"),
            "queue_end": gettext("已到尽头"),
        },
    }
