"""Made-up works and places for measuring: a province's hundred thousand works, around its towns.

Nothing of it is a real work; the report says that it is fictional. The same number and seed give the same works.
"""

import hashlib
import math
import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.models import GazetteerSource, Report

WEST, SOUTH, EAST, NORTH = 118.0, 27.2, 122.0, 31.0  # degrees: about the size of a province
COUNTIES, TOWNS_A_COUNTY = 90, 14
TOWN_SPREAD = 0.02  # degrees, standard deviation of the works around their town's centre: 2 km
LINES = 0.35  # share of works that are lines of some kilometres
CHAPTERS = ("一、交通建设", "二、城市更新", "三、乡村振兴", "四、民生事业", "五、生态环境")
STEMS = (
    "安宝北碧滨昌长城澄春翠丹德东方芳丰富高光桂海和恒红虹湖花华江金锦景九开乐丽莲龙隆绿民明南宁平浦泉瑞三山石双水松泰桃天"
    "万望文西溪霞仙香新兴秀阳永玉园月云泽中"
)
THINGS = {
    Sector.TRANSPORT: ("大道", Kind.ROAD),
    Sector.WATER: ("水库", Kind.RESERVOIR),
    Sector.EDUCATION: ("小学", Kind.SCHOOL),
    Sector.HEALTH: ("医院", Kind.HOSPITAL),
    Sector.ENVIRONMENT: ("污水处理厂", Kind.PLANT),
    Sector.CULTURE: ("文化公园", Kind.PARK),
    Sector.INDUSTRY: ("产业园", Kind.ZONE),
}
COPY = {
    "work": (
        "id report_id key name kind nature sector named area period places action sentence"
        " start end spans mentions flags"
    ),
    "status_change": "work_id status changed_by current",
    "location": "work_id geometry precision confidence reason evidence town placed_by current",
}


def fill(session: Session, number: int, seed: int = 1) -> None:
    """Puts `number` works in place of the reports and works that there are."""
    session.execute(text("TRUNCATE report CASCADE"))
    dice = random.Random(seed)
    reports = []
    for county in range(COUNTIES):
        body = f"虚构县{county}的工程。"
        report = Report(
            title=f"虚构县{county}政府工作报告",
            county=f"虚构县{county:02}",
            year=2024 + county % 3,
            text=body,
            source_file="made-up.txt",
            sha256=hashlib.sha256(body.encode()).hexdigest(),
            fictional=True,
        )
        session.add(report)
        reports.append(report)
    session.flush()
    first = session.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM work")) or 1
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COPY}
    towns = [
        (f"{a}{b}镇", dice.uniform(WEST, EAST), dice.uniform(SOUTH, NORTH))
        for a, b in _pairs(dice, COUNTIES * TOWNS_A_COUNTY)
    ]
    for work_id in range(first, first + number):
        _add(rows, work_id, reports[work_id % COUNTIES].id, towns, dice)
    driver: Any = session.connection().connection.driver_connection
    for table, columns in COPY.items():
        names = ", ".join(f'"{column}"' for column in columns.split())
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows[table]:
                copy.write_row(row)
    session.execute(text("SELECT setval(pg_get_serial_sequence('work', 'id'), :last)"), {"last": first + number})


def fill_places(session: Session, number: int) -> None:
    """Puts `number` made-up villages and roads into the gazetteer's map, all over the province."""
    session.execute(delete(GazetteerSource).where(GazetteerSource.name == "made-up"))
    source = GazetteerSource(name="made-up", title="made up", licence="", attribution="made up", places=number)
    session.add(source)
    session.flush()
    session.execute(
        text("""
            INSERT INTO place (source_id, key, name, kind, geometry)
            SELECT :source, n::text, '虚构' || n, CASE WHEN n % 3 = 0 THEN 'road' ELSE 'village' END,
                   CASE WHEN n % 3 = 0 THEN ST_SetSRID(ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + 0.01, y)), 4326)
                        ELSE ST_SetSRID(ST_MakePoint(x, y), 4326) END
            FROM (SELECT n, :west + random() * (:east - :west) AS x, :south + random() * (:north - :south) AS y
                  FROM generate_series(1, :number) AS n) AS made
        """),
        {"source": source.id, "number": number, "west": WEST, "east": EAST, "south": SOUTH, "north": NORTH},
    )


def _pairs(dice: random.Random, number: int) -> Iterator[tuple[str, str]]:
    for _ in range(number):
        yield dice.choice(STEMS), dice.choice(STEMS)


def _add(
    rows: dict[str, list[tuple[Any, ...]]],
    work_id: int,
    report: int,
    towns: list[tuple[str, float, float]],
    dice: random.Random,
) -> None:
    sector = dice.choice(list(THINGS))
    thing, kind = THINGS[sector]
    name = "".join(dice.choice(STEMS) for _ in range(dice.randint(2, 4))) + thing
    sentence = f"加快推进{name}建设，确保年内取得实质性进展，让群众早日受益。"
    chapter = dice.choice(CHAPTERS)
    rows["work"].append(
        (
            work_id,
            report,
            f"{name}-{work_id}",
            name,
            kind,
            Nature.NEW,
            sector,
            True,
            [chapter, f"（{work_id % 4}）"],
            Period.PLANNED,
            [name],
            "加快推进",
            sentence,
            4,
            4 + len(name),
            f"[[4, {4 + len(name)}]]",
            "[]",
            [],
        )
    )
    rows["status_change"].append((work_id, dice.choice(list(Status)), "guatu", True))
    town, x, y = towns[(report * TOWNS_A_COUNTY + dice.randrange(TOWNS_A_COUNTY)) % len(towns)]
    x, y = dice.gauss(x, TOWN_SPREAD), dice.gauss(y, TOWN_SPREAD)
    precision = dice.choices(list(Precision), (45, 20, 5, 10, 8, 4, 8))[0]
    if precision is Precision.NONE:
        shape = None
    elif precision is Precision.STRETCH or dice.random() < LINES / 2:
        turn, points = dice.uniform(0, math.tau), [(x, y)]
        for _ in range(12):
            turn += dice.gauss(0, 0.25)
            points.append((points[-1][0] + 0.002 * math.cos(turn), points[-1][1] + 0.002 * math.sin(turn)))
        shape = f"SRID=4326;LINESTRING({','.join(f'{a:.6f} {b:.6f}' for a, b in points)})"
    else:
        shape = f"SRID=4326;POINT({x:.6f} {y:.6f})"
    rows["location"].append(
        (
            work_id,
            shape,
            precision,
            round(dice.uniform(0.4, 1), 3) if shape else 0,
            "名称与地名库一致",
            "{}",
            town,
            "guatu",
            True,
        )
    )
