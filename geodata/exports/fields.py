"""The fields of a work in files: what each holds, and its names in Chinese and in English.

A Shapefile's field names are at most 10 bytes: 10 ASCII characters, or 3 Chinese ones in UTF-8 (`short` names).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import ColumnElement, Text, case, cast, func, null

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.models import Location, Report, StatusChange, Work
from geodata.selection import precision_of_work

HEADING_SEPARATOR = " / "  # between the headings of an area: the › of the pages does not exist in GBK

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its key, which is also its English name, and its other names; `words` is the closed list it is of."""

    key: str
    short: str
    chinese: str
    short_chinese: str
    type: pa.DataType
    column: Any
    words: Any = None

    def name(self, language: Language, short: bool = False) -> str:
        """As a file in that language calls it."""
        if language == "zh":
            return self.short_chinese if short else self.chinese
        return self.short if short else self.key


TEXT, WHOLE, NUMBER, YES_NO = pa.string(), pa.int64(), pa.float64(), pa.bool_()

FIELDS = (
    Field("work_id", "work_id", "编号", "编号", WHOLE, Work.id),
    Field("name", "name", "名称", "名称", TEXT, Work.name),
    Field("kind", "kind", "类别", "类别", TEXT, Work.kind, Kind),
    Field("sector", "sector", "工作领域", "领域", TEXT, Work.sector, Sector),
    Field("status", "status", "进展", "进展", TEXT, StatusChange.status, Status),
    Field("nature", "nature", "建设性质", "性质", TEXT, Work.nature, Nature),
    Field("extent_from", "from", "起点", "起点", TEXT, Work.extent_from),
    Field("extent_to", "to", "终点", "终点", TEXT, Work.extent_to),
    Field("quantity", "quantity", "数量", "数量", NUMBER, Work.quantity),
    Field("unit", "unit", "单位", "单位", TEXT, Work.unit),
    Field("responsible", "resp", "责任单位", "责任", TEXT, Work.responsible),
    Field("investment", "invest", "总投资万元", "投资", NUMBER, Work.investment),
    Field("planned_start", "plan_start", "计划开工", "开工", TEXT, Work.planned_start),
    Field("planned_finish", "plan_end", "计划完工", "完工", TEXT, Work.planned_finish),
    Field("county", "county", "县市区", "县市区", TEXT, Report.county),
    Field("town", "town", "乡镇街道", "乡镇", TEXT, Location.town),
    Field("year", "year", "年份", "年份", WHOLE, Report.year),
    Field("period", "period", "报告部分", "部分", TEXT, Work.period, Period),
    Field("area", "area", "报告章节", "章节", TEXT, func.array_to_string(Work.area, HEADING_SEPARATOR)),
    Field("sentence", "sentence", "原文", "原文", TEXT, Work.sentence),
    Field("named", "named", "有专名", "有专名", YES_NO, Work.named),
    Field("precision", "precision", "定位精度", "精度", TEXT, precision_of_work, Precision),
    Field("confidence", "confidence", "把握", "把握", NUMBER, Location.confidence),
    Field("reason", "reason", "定位依据", "依据", TEXT, Location.reason),
    Field("placed_by", "placed_by", "定位者", "定位者", TEXT, Location.placed_by),
    Field("fictional", "fictional", "虚构", "虚构", YES_NO, Report.fictional),
    Field("report_id", "report_id", "报告号", "报告号", WHOLE, Work.report_id),
    Field("location_id", "loc_id", "位置版本", "位置版", WHOLE, Location.id),
    Field("status_id", "status_id", "进展版本", "进展版", WHOLE, StatusChange.id),
)
VERSIONS = ("location_id", "status_id")
MEANINGS = {  # for the list of fields that goes with a Shapefile, and for docs/downloads.md
    "work_id": "工程在挂图中的编号，不变 / the work's identifier, which never changes",
    "quantity": "报告所述数量 / as the report says",
    "confidence": "位置正确的概率，0 至 1 / chance that the location is right, 0 to 1",
    "investment": "总投资，万元 / in all, in 10,000 yuan",
    "named": "报告是否以专名称呼 / whether the report gives it a proper name",
    "location_id": "导出时的位置版本，回收编辑时用，请勿改动 / version of the place, for taking edits back: leave it",
    "status_id": "导出时的进展版本，回收编辑时用，请勿改动 / version of the status, for taking edits back: leave it",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """In which language fields are named, and how values of the closed lists are written.

    `words` gives, for a field's key, what stands for each value; values without a word are written as they are.
    Without `versions` the file cannot be taken back (`geodata.returns`).
    """

    language: Language = "en"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    versions: bool = True

    def columns(self, short: bool = False) -> dict[str, ColumnElement[Any]]:
        """What to select for the fields, by the names that the file gives them."""
        return {f.name(self.language, short): self.column(f) for f in FIELDS}

    def column(self, f: Field) -> ColumnElement[Any]:
        """What to select for one field."""
        if f.key in VERSIONS and not self.versions:
            return null()
        words = self.words.get(f.key)
        if f.words is None:
            return f.column  # type: ignore[no-any-return]
        value = cast(f.column, Text)
        return case(dict(words), value=value, else_=value) if words else value

    def schema(self, short: bool = False) -> pa.Schema:
        """The Arrow types of the fields, by name."""
        return pa.schema([(f.name(self.language, short), f.type) for f in FIELDS])
