"""Drawing the sheet: from a selection to a file."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector
from geodata.models import ReportKind
from geodata.selection import Selection
from geodata.signs import SIGNS
from webmap import labels
from webmap.inspection.wording import FINDING_CHOICES
from webmap.poster import furniture, symbols
from webmap.poster.base_map import OTHERS, TOWNS, DrawnPlace, draw_base, draw_ground, draw_names
from webmap.poster.canvas import Canvas, Face, printable
from webmap.poster.content import (
    BasePlace,
    PosterWork,
    ReportTitle,
    attributions,
    read_base,
    read_counties,
    read_works,
)
from webmap.poster.errors import PosterError
from webmap.poster.inset import find_inset
from webmap.poster.labels import Occupied, along_lines, place_beside, place_discs
from webmap.poster.layout import Box, Layout, divide
from webmap.poster.listing import Listing, items_of
from webmap.poster.projection import Projection, projected_bounds

MARGIN = 0.04  # of the county's extent, around it on the map
NAME_SIZE, NAME_LENGTH = 2.3, 14  # mm on A3, and characters, of a work's name on the map


@dataclass(frozen=True, slots=True)
class Placed:
    """A work with its number on the map, and where it lies in degrees (EPSG:4326, longitude first)."""

    number: int
    work: PosterWork
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came to be: works in all, those on the map, and sheets."""

    works: int
    placed: int
    pages: int
    scale: float


def draw_poster(out: Path, session: Session, selection: Selection, *, size: str, title: str = "") -> Drawn:
    """Draws the wall map of a selection into a file, PDF or, where its name ends in .png, pictures of 150 dots an inch.

    The words are in the language of the Flask application context. `size` is one of SIZES. Raises PosterError where
    the selection is empty, too large or has nothing on the map, and DatumError where that lies outside China.
    """
    works, reports = read_works(session, selection)
    counties = read_counties(session, reports)
    shapes = [work.shape for work in works if work.shape is not None and work.precision is not Precision.COUNTY]
    extent: Sequence[BaseGeometry] = [shapely.box(*selection.bbox)] if selection.bbox else counties or shapes
    if not extent or not shapes:
        raise PosterError(gettext("这些工程都还没有位置，请先运行 guatu locate，或在地图上手工定位"))
    datum, bounds = projected_bounds(extent)
    west, south, east, north = bounds
    layout = divide(size, (east - west) / (north - south))
    grown = (
        *(west - MARGIN * (east - west), south - MARGIN * (north - south)),
        *(east + MARGIN * (east - west), north + MARGIN * (north - south)),
    )
    projection = Projection(datum, layout.map, grown)
    placed, unplaced = _divide_works(works, projection)
    envelope = projection.envelope()
    degrees_a_mm = (envelope[3] - envelope[1]) / layout.map.height
    base = read_base(session, envelope, degrees_a_mm, reports)
    heading = printable(title) or _title_of(reports)
    canvas = Canvas(out, layout.width, layout.height, heading)
    furniture.draw_sheet(canvas, layout)
    subtitle = _subtitle_of(selection, len(works), len(placed))
    fictional = any(report.fictional for report in reports)
    furniture.draw_title(canvas, layout, heading, subtitle, fictional=fictional)
    _draw_maps(canvas, layout, projection, placed, counties, base)
    sources = _sources(session, reports, base)
    furniture.draw_key(canvas, layout, projection, sources, {one.work.sector for one in placed})
    listing = Listing(canvas, items_of([one.work for one in placed], unplaced), layout.unit)
    more = listing.draw(layout.listing)
    while more:
        canvas.next_page()
        furniture.draw_sheet(canvas, layout)
        furniture.draw_title(canvas, layout, heading, gettext("工程清单（续）"), fictional=fictional)
        top = layout.listing.y
        more = listing.draw(Box(layout.title.x, top, layout.title.width, layout.key.bottom - top))
    canvas.finish()
    return Drawn(len(works), len(placed), canvas.pages, projection.scale)


def _divide_works(works: Sequence[PosterWork], projection: Projection) -> tuple[list[Placed], list[PosterWork]]:
    """The works whose place lies on the map, numbered by sector; and all others."""
    placed, unplaced = [], []
    for work in works:
        vague = work.shape is None or work.precision is Precision.COUNTY
        if vague or _cut(work.shape, projection).is_empty:
            unplaced.append(work)
        else:
            placed.append(work)
    order = list(Sector)
    placed.sort(key=lambda work: order.index(work.sector))
    return [Placed(number, work, work.shape) for number, work in enumerate(placed, 1) if work.shape], unplaced


def _cut(shape: BaseGeometry | None, projection: Projection) -> BaseGeometry:
    """What the map shows of a shape, in mm on the sheet."""
    box = projection.box
    frame = shapely.box(box.x, box.y, box.right, box.bottom)
    return shapely.intersection(shapely.make_valid(projection.shape(shape or shapely.Point())), frame)


def _draw_maps(
    canvas: Canvas,
    layout: Layout,
    projection: Projection,
    placed: Sequence[Placed],
    counties: Sequence[BaseGeometry],
    base: Sequence[BasePlace],
) -> None:
    """The map, and the inset of its crowded part, which then has the numbers of the works there."""
    unit, arrow = layout.unit, furniture.north_arrow(projection, layout.unit)
    anchors = {one.number: symbols.anchor_of(_cut(one.shape, projection)) for one in placed}
    areas = [projection.shape(county) for county in counties]
    inset = find_inset(list(anchors.values()), projection, areas, arrow, 2 * unit)
    window = inset.window if inset else None
    enlarged = {number for number, (x, y) in anchors.items() if window and window.holds(x, y)}
    reserved = [arrow, *([inset.projection.box, inset.window] if inset else [])]
    _draw_map(canvas, unit, projection, placed, anchors.keys() - enlarged, counties, base, reserved)
    with canvas.clipped(*projection.box):
        furniture.draw_north_arrow(canvas, projection, unit)
    furniture.draw_graticule(canvas, projection, unit)
    if inset:
        label = furniture.draw_inset_frame(canvas, inset, unit)
        _draw_map(canvas, unit, inset.projection, placed, enlarged, counties, base, [label])
        furniture.draw_inset_frame(canvas, inset, unit)


def _draw_map(
    canvas: Canvas,
    unit: float,
    projection: Projection,
    placed: Sequence[Placed],
    numbered: Set[int],
    counties: Sequence[BaseGeometry],
    base: Sequence[BasePlace],
    reserved: Sequence[Box],
) -> None:
    """One map: base, the shapes of all works, the numbers of some, names; `reserved` are kept free of the two."""
    shown = [(one, _cut(one.shape, projection)) for one in placed]
    shown = [(one, shape) for one, shape in shown if not shape.is_empty]
    places = _on_sheet(base, projection)
    occupied = Occupied(projection.box)
    for box in reserved:
        occupied.take(np.array([[box.x, box.y, box.right, box.bottom]]))
    with canvas.clipped(*projection.box):
        draw_ground(canvas, projection.box, [projection.shape(county) for county in counties], unit)
        draw_base(canvas, places, unit)
        _draw_shapes(canvas, [(one.work, shape) for one, shape in shown], unit)
        discs = [(one, shape) for one, shape in shown if one.number in numbered]
        lines = [shape for one, shape in shown if symbols.is_drawn(one.work.precision, shape)]
        _draw_numbers_and_names(canvas, discs, lines, places, occupied, unit)


def _on_sheet(base: Sequence[BasePlace], projection: Projection) -> list[DrawnPlace]:
    """The places of the base map on the sheet, cut a little outside the map so that no stroke ends at its edge."""
    outer = projection.box.inset(-3)
    rectangle = (outer.x, outer.y, outer.right, outer.bottom)
    found = []
    for place in base:
        shape = projection.shape(place.shape)
        cut = shapely.clip_by_rect(shape, *rectangle) if shapely.get_dimensions(shape) else shape
        if not cut.is_empty:
            found.append(DrawnPlace(place.name, place.kind, cut))
    return found


def _draw_shapes(canvas: Canvas, placed: Sequence[tuple[PosterWork, BaseGeometry]], unit: float) -> None:
    drawn = [(work, shape) for work, shape in placed if symbols.is_drawn(work.precision, shape)]
    areas = [(work, shape) for work, shape in drawn if shapely.get_dimensions(shape) == 2]
    lines = [(work, shape) for work, shape in drawn if shapely.get_dimensions(shape) == 1]
    for work, shape in areas:
        symbols.draw_area(canvas, shape, unit, work.sector, work.status, work.precision is Precision.EXACT)
    for _, shape in lines:
        symbols.draw_casing(canvas, shape, unit)
    for work, shape in lines:
        sure = work.precision in (Precision.EXACT, Precision.STRETCH)
        symbols.draw_line(canvas, shape, unit, work.sector, work.status, sure)


def _draw_numbers_and_names(
    canvas: Canvas,
    placed: Sequence[tuple[Placed, BaseGeometry]],
    shapes: Sequence[BaseGeometry],
    places: Sequence[DrawnPlace],
    occupied: Occupied,
    unit: float,
) -> None:
    """Discs with numbers, then the works' names and those of the base map where there is room left."""
    anchors = [symbols.anchor_of(shape) for _, shape in placed]
    outlined = any(one.work.precision in symbols.OUTLINES for one, _ in placed)
    reach = (symbols.RADIUS + (symbols.OUTLINE_GAP if outlined else 0) + 0.25) * unit
    spots = place_discs(anchors, reach, occupied)
    for (one, _), anchor, spot in zip(placed, anchors, spots, strict=True):
        if anchor != spot:
            _draw_leader(canvas, anchor, spot, SIGNS[one.work.sector].colour, unit)
    for (one, _), (x, y) in zip(placed, spots, strict=True):
        work = one.work
        symbols.draw_disc(canvas, x, y, unit, work.sector, work.status, work.precision, str(one.number))
    lines = [part for shape in shapes if shapely.get_dimensions(shape) == 1 for part in shapely.get_parts(shape)]
    occupied.take(along_lines(lines, 1.2 * unit, 0.6 * unit))
    draw_names(canvas, places, (TOWNS,), occupied, unit)
    size = NAME_SIZE * unit
    for (one, _), (x, y) in zip(placed, spots, strict=True):
        name = printable(one.work.name)
        name = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
        width = canvas.text_width(name, size, Face.BOLD)
        label = place_beside(x, y, reach, name, width, size, occupied)
        if label:
            colour = SIGNS[one.work.sector].colour
            canvas.text(label.x, label.y, name, size, face=Face.BOLD, colour=colour, halo=0.32 * unit)
    draw_names(canvas, places, OTHERS, occupied, unit)


def _draw_leader(
    canvas: Canvas, anchor: tuple[float, float], spot: tuple[float, float], colour: str, unit: float
) -> None:
    for line_colour, width in (("#ffffff", 0.6), (colour, 0.25)):
        canvas.context.move_to(*anchor)
        canvas.context.line_to(*spot)
        canvas.stroke_path(line_colour, width * unit)
    canvas.context.arc(*anchor, 0.45 * unit, 0, symbols.FULL_TURN)
    canvas.colour(colour)
    canvas.context.fill()


def _title_of(reports: Sequence[ReportTitle]) -> str:
    counties = list(dict.fromkeys(printable(report.county) for report in reports))
    years = sorted({report.year for report in reports})
    lists = all(report.kind is ReportKind.PROJECT_LIST for report in reports)
    if len(counties) > 1:
        return str(gettext("项目清单工程挂图") if lists else gettext("政府工作报告工程挂图"))
    year = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    if lists:
        return str(gettext("%(county)s%(year)s年项目清单工程挂图", county=counties[0], year=year))
    return str(gettext("%(county)s%(year)s年政府工作报告工程挂图", county=counties[0], year=year))


def _subtitle_of(selection: Selection, works: int, placed: int) -> str:
    """What was chosen, and how much of it is on the map."""
    comma = gettext("、")
    said = comma.join(str(FINDING_CHOICES[finding]) for finding in selection.finding)
    chosen = [
        comma.join(str(labels.REPORT_KINDS[kind]) for kind in selection.report_kind),
        comma.join(str(labels.SECTORS[sector]) for sector in selection.sector),
        comma.join(str(labels.STATUSES[status]) for status in selection.status),
        comma.join(printable(town) for town in selection.town),
        comma.join(printable(area) for area in selection.area),
        comma.join(str(labels.PRECISIONS[precision]) for precision in selection.precision),
        gettext("巡查结果：%(findings)s", findings=said) if said else "",
        f"“{printable(selection.words)}”" if selection.words else "",
    ]
    counts = gettext("共 %(works)d 项工程，图上 %(placed)d 项", works=works, placed=placed)
    return " · ".join([*filter(None, chosen), counts])


def _sources(session: Session, reports: Sequence[ReportTitle], base: Sequence[BasePlace]) -> list[str]:
    titles = "、".join(f"{report.county}{report.year}《{report.title}》" for report in reports[:3])
    more = gettext(" 等") if len(reports) > 3 else ""
    works = gettext("工程：%(titles)s", titles=titles + more)
    places = attributions(session, {place.source_id for place in base})
    return [works, gettext("底图与地名：%(sources)s", sources="；".join(places))] if places else [works]
