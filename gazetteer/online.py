"""What a geocoder on the network adds where the gazetteer has found nothing, and how much of it is believed.

It is believed to be near the thing only where it bears the asked name, lies in the asked county and is one place; never
as more than that, and never with more confidence than the least sure find of the gazetteer's own: nothing calibrates
it, and such services answer with the nearest guess rather than with nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

import shapely

from gazetteer import names
from gazetteer.answer import Answer, Query
from gazetteer.errors import GuatuError
from gazetteer.geocode import MIN_CONFIDENCE, Gazetteer
from gazetteer.resolve import AREA_SLACK_M, METRES_A_DEGREE, Area
from gazetteer.slips import Agreement, compare
from gazetteer.sources.online import Found, Online
from gazetteer.vocabulary import Precision

CAP = MIN_CONFIDENCE
"""The confidence of an answer from the network: below it the gazetteer gives none of its own."""
MAX_COST = 1
"""A name may leave out its suffix or its town, on one side (`gazetteer.slips.Agreement.cost`); no slip is forgiven."""
ONE_PLACE_M = 500.0
"""Metres: answers of one name that are nearer than this are gates and buildings of one thing."""
FAILURES = 3
"""Failures in a row after which a service is not asked again: without a network, a thousand queries do not wait."""
COUNTY_CODE = 6
"""Digits of a county's code; shorter ones are what its city's or province's codes begin with."""


class SecondOpinion:
    """A gazetteer's refusals, taken to one service on the network."""

    def __init__(self, gazetteer: Gazetteer, online: Online) -> None:
        self._gazetteer = gazetteer
        self._online = online
        self._failures = 0

    def on(self, query: Query, answer: Answer) -> Answer:
        """The answer, or, where it is a refusal, what the service knows, else the refusal with one reason more."""
        if answer.precision is not Precision.NONE or not names.fold(query.name):
            return answer
        area = self._gazetteer.area(query.within) if query.within else None
        if query.extent or area is None or area.polygon is None:
            return _refused(answer, "在线服务只查限定了县市的单个地点")
        if self._failures >= FAILURES:
            return _refused(answer, f"在线服务 {self._online.name} 多次没有回答，不再询问")
        code = next((code for code in area.adcodes if len(code) == COUNTY_CODE), None)
        try:
            found = self._online.find(query.name, area.name, code, area.box)
        except GuatuError as error:
            self._failures += 1
            return _refused(answer, str(error))
        self._failures = 0
        return self._believed(query, answer, area, found)

    def _believed(self, query: Query, answer: Answer, area: Area, found: Sequence[Found]) -> Answer:
        service = self._online.name
        inside = [one for one in found if _is_in(area, one)]
        fitting = [one for one in inside if _is_named(query.name, one.name)]
        if not fitting:
            return _refused(answer, f"在线服务 {service} 也没有在“{area.name}”查到这个名称")
        points = shapely.MultiPoint([(one.lon, one.lat) for one in fitting])
        if shapely.minimum_bounding_radius(points) * 2 > ONE_PLACE_M / METRES_A_DEGREE:
            return _refused(answer, f"在线服务 {service} 有{len(fitting)}处同名地点，无法确定是哪一处")
        best = fitting[0]
        said = f"“{best.name}”" if best.name else "一处地点，但没有说出名称"
        matched = {"place": "", "name": best.name or query.name, "kind": query.kind or "other", "source": self.source}
        return Answer(
            answer.id,
            shapely.Point(best.lon, best.lat),
            Precision.NEAR,
            CAP,
            (matched,),
            f"{answer.why}；在线服务 {service} 查到{said}，未经核对，可信度以{CAP:.0%}为限",
            {"cap": "online", "service": service},
        )

    @property
    def source(self) -> str:
        """How answers of the service are marked."""
        return f"online:{self._online.name}"


def _refused(answer: Answer, reason: str) -> Answer:
    return replace(answer, why=f"{answer.why}；{reason}")


def _is_named(asked: str, said: str | None) -> bool:
    """Whether a service means what was asked; one that does not say what it found has checked that itself."""
    if said is None:
        return True
    agreement = compare(names.forms(asked), names.forms(said))
    return isinstance(agreement, Agreement) and agreement.cost <= MAX_COST


def _is_in(area: Area, found: Found) -> bool:
    return bool(shapely.dwithin(area.polygon, shapely.Point(found.lon, found.lat), AREA_SLACK_M / METRES_A_DEGREE))
