"""Keeping project lists. A newer version of a list that is kept brings the list and its works up to date.

A newer version is a file of the same name, numbers, dates and brackets aside, for the same county and year, that has
half of the rows again. A row that goes on is the same work, with its places, statuses and inspections; a row that is
no longer there stays, at the end of the list's text, and its work has the flag `NOT_IN_LIST`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gazetteer.errors import GuatuError
from gazetteer.names import fold
from gazetteer.reading.columns import Field
from gazetteer.work import Work as ReadWork
from geodata.audit import record
from geodata.corrections import READER, columns_of, key_of, numbered, set_columns, set_status
from geodata.linking import same_county
from geodata.list_rows import HEADING, Row, differences, pairs, rows_of
from geodata.models import Draft, Report, ReportKind, StatusChange, Work
from geodata.project_lists import ListedWorks, Plan
from geodata.reports import save_report

NOT_IN_LIST = "not-in-list"
"""Flag: the newest version of the list no longer has the work's row."""
LEFT_OUT = f"{HEADING}新表中没有的项目"
"""The heading above the rows that the newest version of a list no longer has."""
ROWS_AGAIN = 0.5
"""Share of the rows, of the version that has fewer, that another version of a list has again. Between months and
quarters lists lose and gain a tenth of their rows; two lists that only share a file's name share none."""
_VARIES = re.compile(r"[(（【\[].*?[)）】\]]|[\d\W_年月日]|第?[一二三四]季度")
"""What tells the versions of one list apart in the names of their files."""
_POSITIONS = frozenset({"start", "end", "spans", "mentions", "sentence"})


@dataclass(slots=True)
class SavedList:
    """What came of keeping a list: names of the works of rows that are `added`, `changed` (with what changed) and
    `missing`, the number of those `unchanged`, and where what a person said `stands` against the list."""

    report: Report
    is_new: bool
    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, list[str]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stands: list[str] = field(default_factory=list)
    unchanged: int = 0


def save_list(session: Session, report: Report, listed: ListedWorks) -> SavedList:
    """Keeps a project list and what it plans, or brings the list that it is a newer version of up to date.

    What planners made of works stands. Raises GuatuError where planners are at work on a review of the list.
    """
    kept = _earlier(session, report, listed)
    if kept is not None:
        return _Update(session, kept, report, listed).done()
    saved = save_report(session, report, listed.works)
    plans = {work.spans[0].start: plan for work, plan in zip(listed.works, listed.plans, strict=True)}
    for row in session.scalars(select(Work).where(Work.report_id == saved.report.id)):
        _set_plan(row, plans[row.start])
    session.flush()
    return SavedList(saved.report, is_new=True, added=[work.name for work in listed.works])


def _earlier(session: Session, report: Report, listed: ListedWorks) -> Report | None:
    """The kept list of the same words, or the one that has the most of the rows again.

    Raises GuatuError where the same words are kept as a report.
    """
    same = session.scalar(select(Report).where(Report.sha256 == report.sha256).with_for_update())
    if same is not None and same.kind is not ReportKind.PROJECT_LIST:
        raise GuatuError(f"this text is already kept as the report {same.title}: it cannot be a list too")
    if same is not None:
        return same
    candidates = session.scalars(
        select(Report)
        .where(Report.kind == ReportKind.PROJECT_LIST, Report.year == report.year, same_county(report))
        .order_by(Report.id)
        .with_for_update()
    )
    new = list(rows_of(listed.text))
    best, most = None, 0
    for candidate in candidates:
        if _name_of(candidate) == _name_of(report):
            old = list(rows_of(candidate.text))
            again = len(pairs(old, new, listed.headers, {}))
            if again > most and again >= ROWS_AGAIN * min(len(old), len(new)):
                best, most = candidate, again
    return best


def _name_of(report: Report) -> str:
    return _VARIES.sub("", fold(Path(report.source_file).stem))


def _set_plan(row: Work, plan: Plan) -> None:
    row.responsible, row.investment = plan.responsible, plan.investment
    row.planned_start, row.planned_finish = plan.planned_start, plan.planned_finish


class _Update:
    """One list brought up to date."""

    def __init__(self, session: Session, kept: Report, report: Report, listed: ListedWorks) -> None:
        self.session, self.report, self.listed = session, kept, listed
        self.given = report
        self.source = f"项目表 {report.source_file}"
        self.saved = SavedList(kept, is_new=False)
        self.old, self.new = list(rows_of(kept.text)), list(rows_of(listed.text))
        statement = select(Work).where(Work.report_id == kept.id).options(selectinload(Work.statuses))
        self.works: dict[int, list[Work]] = {}
        for work in session.scalars(statement.order_by(Work.start, Work.id)):
            self.works.setdefault(_row_at(self.old, work.start), []).append(work)
        self.taken = {work.key for works in self.works.values() for work in works}

    def done(self) -> SavedList:
        names = {number: works[0].name for number, works in self.works.items() if len(works) == 1}
        goes_on = pairs(self.old, self.new, self.listed.headers, names)
        left = [number for number in range(len(self.old)) if number not in goes_on.values()]
        text, moves = self._text(goes_on, left)
        if text != self.report.text:
            self._close_review()
        old_text, self.report.text = self.report.text, text
        self.report.sha256, self.report.title = self.given.sha256, self.given.title
        self.report.source_file = self.given.source_file
        for works in self.works.values():
            for work in works:
                _move(work, self.old, moves, old_text)
        compared = self._compared()
        for number, (read, plan) in enumerate(zip(self.listed.works, self.listed.plans, strict=True)):
            if number not in goes_on:
                self._add(read, plan)
            else:
                before = self.old[goes_on[number]]
                said = differences(before, self.new[number], compared)
                self._bring_up(self.works.get(goes_on[number], []), read, plan, said)
        for number in left:
            self._leave_out(self.works.get(number, []))
        self.session.flush()
        return self.saved

    def _text(self, goes_on: Mapping[int, int], left: Sequence[int]) -> tuple[str, dict[int, Row]]:
        """The new text, and where in it each of the older rows stands."""
        moves = {old: self.new[new] for new, old in goes_on.items()}
        text = self.listed.text
        if left:
            text += f"{LEFT_OUT}\n"
        for number in left:
            row = self.old[number]
            moves[number] = Row(len(text), row.line, row.name, row.cells)
            text += f"{row.line}\n"
        return text, moves

    def _close_review(self) -> None:
        """Ends a review in which nothing was done. Its words stand elsewhere in the new text."""
        for draft in self.session.scalars(select(Draft).where(Draft.report_id == self.report.id).with_for_update()):
            if draft.steps:
                raise GuatuError(
                    f"这份项目表的校核还没有保存，请先保存或放弃。{self.report.title} is under review: "
                    "save or discard the review, then import again"
                )
            self.session.delete(draft)

    def _compared(self) -> frozenset[str]:
        """The headers that both versions have, serial numbers aside."""
        old, new = ({header for row in rows for header in row.cells} for rows in (self.old, self.new))
        return frozenset(old & new) - self.listed.headers.get(Field.SERIAL, frozenset())

    def _add(self, read: ReadWork, plan: Plan) -> None:
        key = numbered(key_of(read), self.taken)
        self.taken.add(key)
        first = StatusChange(status=read.status, changed_by=READER, note=self.source)
        row = Work(report_id=self.report.id, key=key, statuses=[first], **columns_of(read))
        _set_plan(row, plan)
        self.session.add(row)
        self.session.flush()
        self.saved.added.append(read.name)
        record(self.session, READER, "list.add", f"work {row.id}", source=self.source)

    def _bring_up(self, works: Sequence[Work], read: ReadWork, plan: Plan, said: Sequence[str]) -> None:
        """The works of one row say what it says now; where a person made something of them, only its progress and
        what it plans. A row of which a person left no work stays without one."""
        own = [work for work in works if work.start == read.spans[0].start]
        changed = dict.fromkeys(said if own else ())
        for row in own:
            before, status = _said(row), _current(row).status
            again = NOT_IN_LIST in row.flags
            row.flags = [flag for flag in row.flags if flag != NOT_IN_LIST]
            if row.reviewed_by is None:
                set_columns(self.session, row, read)
                self._set_key(row, read)
            self._say_status(row, read)
            _set_plan(row, plan)
            now = _said(row)
            if again:
                changed["重新列入 (listed again)"] = None
            elif not changed:  # read otherwise than before, though the row says the same
                changed = dict.fromkeys(column for column in now if now[column] != before[column])
                changed |= {} if _current(row).status == status else {"status": None}
            if changed:
                record(self.session, READER, "list.change", f"work {row.id}", source=self.source, said=list(changed))
        if changed:
            self.saved.changed.append((own[0].name, list(changed)))
        else:
            self.saved.unchanged += 1

    def _set_key(self, row: Work, read: ReadWork) -> None:
        if row.key.partition("#")[0] != key_of(read):
            row.key = numbered(key_of(read), self.taken)
            self.taken.add(row.key)

    def _say_status(self, row: Work, read: ReadWork) -> None:
        """The newest version's word where it says something new, unless a person has said how far the work is."""
        of_list = [status for status in row.statuses if status.changed_by == READER][-1].status
        current = _current(row)
        if read.status in (of_list, current.status):
            return
        if current.changed_by == READER:
            set_status(self.session, row, read, READER, self.source)
        else:
            self.saved.stands.append(
                f"{row.name}：表中为 {read.status}，{current.changed_by} 定为 {current.status}，不改"
                f" (the list says {read.status}; {current.changed_by}'s {current.status} stands)"
            )

    def _leave_out(self, works: Iterable[Work]) -> None:
        for row in works:
            self.saved.missing.append(row.name)
            if NOT_IN_LIST not in row.flags:
                row.flags = [*row.flags, NOT_IN_LIST]
                record(self.session, READER, "list.missing", f"work {row.id}", source=self.source)


def _said(row: Work) -> dict[str, object]:
    """What a kept work says, where it says it aside."""
    return {column.key: getattr(row, column.key) for column in Work.__table__.columns if column.key not in _POSITIONS}


def _current(row: Work) -> StatusChange:
    return next(status for status in row.statuses if status.current)


def _row_at(rows: Sequence[Row], at: int) -> int:
    """The number of the row that holds a position, or that its heading stands above."""
    number = max(bisect_right(rows, at, key=lambda row: row.at) - 1, 0)
    return number + 1 if at > rows[number].end and number + 1 < len(rows) else number


def _move(work: Work, old: Sequence[Row], moves: Mapping[int, Row], text: str) -> None:
    """Takes a work's words to where its row stands now: the same words, or the row's name where they are gone."""

    def moved(span: Sequence[int]) -> tuple[int, int]:
        number, words = _row_at(old, span[0]), text[span[0] : span[1]]
        row, at = moves[number], span[0] - old[number].at
        if at < 0 or row.line[at : at + len(words)] != words:
            at = row.line.find(words)
        return (row.at, row.at + len(row.name)) if at < 0 else (row.at + at, row.at + at + len(words))

    work.sentence = moves[_row_at(old, work.start)].line
    work.spans = [list(span) for span in dict.fromkeys(map(moved, work.spans))]
    work.mentions = [list(span) for span in dict.fromkeys(map(moved, work.mentions))]
    work.start, work.end = work.spans[0]
