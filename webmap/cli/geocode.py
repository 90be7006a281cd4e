"""`guatu geocode`: queries as JSON lines, answers in the same order."""

import json
from typing import Annotated, TextIO

import click
from pydantic import BaseModel, Field, ValidationError

from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer, Query
from gazetteer.work import Extent
from geodata.settings import Settings
from webmap.cli.online import second_opinion

Degrees = Annotated[float, Field(ge=-180, le=180)]
MAX_LINE = 1_000_000  # characters: more is not a query


class Ends(BaseModel):
    """The two ends of an extent."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class Line(BaseModel):
    """One query as the contract has it; keys it does not know are not read."""

    id: str | int
    name: str
    kind: str | None = None
    extent: Ends | None = None
    within: str | tuple[Degrees, Degrees, Degrees, Degrees] | None = None

    def query(self) -> Query:
        ends = Extent(self.extent.start, self.extent.end) if self.extent else None
        return Query(str(self.id), self.name, self.kind, ends, self.within)


@click.command()
@click.argument("queries", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.option("--online", is_flag=True, help="Take what is not found to the online geocoder that GUATU_GEOCODER names.")
def command(queries: TextIO, online: bool) -> None:
    """Answer geocoding queries, one JSON object a line, on standard input."""
    settings = Settings.from_environment()
    gazetteer = Gazetteer.open(settings.home / "gazetteer")
    second = second_opinion(settings, gazetteer) if online else None
    for number, text in enumerate(queries, 1):
        if not text.strip():
            continue
        try:
            line = Line.model_validate_json(text[:MAX_LINE])
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise GuatuError(f"line {number} of the queries: {where or 'not an object'}: {first['msg']}") from error
        query = line.query()
        answer = gazetteer.geocode(query)
        if second:
            answer = second.on(query, answer)
        click.echo(json.dumps(answer.to_json() | {"id": line.id}, ensure_ascii=False))
