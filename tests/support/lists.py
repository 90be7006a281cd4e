"""Project lists as they are kept when they are imported."""

from typing import Any

from sqlalchemy.orm import Session

from gazetteer.reading.project_list import project_list_from_bytes
from geodata.list_updates import SavedList, save_list
from geodata.models import Report, ReportKind
from geodata.project_lists import ListedWorks, listed_works
from geodata.reports import text_hash


def keep_list(session: Session, text: str, file: str = "重点项目.csv", **columns: Any) -> tuple[SavedList, ListedWorks]:
    """A CSV list of 永康市 2023, unless the columns of its report say otherwise."""
    listed = listed_works(project_list_from_bytes(text.encode(), file))
    values = {"title": "重点项目", "county": "永康市", "year": 2023, **columns}
    report = Report(
        text=listed.text, source_file=file, sha256=text_hash(listed.text), kind=ReportKind.PROJECT_LIST, **values
    )
    return save_list(session, report, listed), listed
