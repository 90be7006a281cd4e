"""Drawing the sheet: from a selection to a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector
from geodata.selection import Selection
from geodata.signs import SIGNS
from webmap import labels
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
from webmap.poster.labels import Occupied, along_lines, around, place_beside, place_discs
from webmap.poster.layout import SIZES, Box, Layout, divide
from webmap.poster.listing import Listing, items_of
from webmap.poster.projection import Projection, projected_bounds

MARGIN = 0.04  # of the county's extent, around it on the map
NAME_SIZE, NAME_LENGTH = 2.3, 14  # mm on A3, and characters, of a work's name on the map


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
        raise PosterError("none of these works has a place on the map yet: run guatu locate, or place them by hand")
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
    canvas = Canvas(out, *SIZES[size], heading)
    furniture.draw_sheet(canvas, layout)
    subtitle = _subtitle_of(selection, len(works), len(placed))
    fictional = any(report.fictional for report in reports)
    furniture.draw_title(canvas, layout, heading, subtitle, fictional=fictional)
    _draw_map(canvas, layout, projection, placed, [projection.shape(county) for county in counties], base)
    sources = _sources(session, reports, base)
    furniture.draw_key(canvas, layout, projection, sources, {work.sector for work, _ in placed})
    listing = Listing(canvas, items_of([work for work, _ in placed], unplaced), layout.unit)
    more = listing.draw(layout.listing)
    while more:
        canvas.next_page()
        furniture.draw_sheet(canvas, layout)
        furniture.draw_title(canvas, layout, heading, gettext("工程清单（续）"), fictional=fictional)
        top = layout.listing.y
        more = listing.draw(Box(layout.title.x, top, layout.title.width, layout.listing.height))
    canvas.finish()
    return Drawn(len(works), len(placed), canvas.pages, projection.scale)


def _divide_works(
    works: Sequence[PosterWork], projection: Projection
) -> tuple[list[tuple[PosterWork, BaseGeometry]], list[PosterWork]]:
    """The works whose place lies on the map, by sector, with their shapes on the sheet; and all others."""
    box = projection.box
    frame = shapely.box(box.x, box.y, box.right, box.bottom)
    placed, unplaced = [], []
    for work in works:
        if work.shape is None or work.precision is Precision.COUNTY:
            unplaced.append(work)
            continue
        shape = shapely.intersection(shapely.make_valid(projection.shape(work.shape)), frame)
        if shape.is_empty:
            unplaced.append(work)
        else:
            placed.append((work, shape))
    order = list(Sector)
    return sorted(placed, key=lambda pair: order.index(pair[0].sector)), unplaced


def _draw_map(
    canvas: Canvas,
    layout: Layout,
    projection: Projection,
    placed: Sequence[tuple[PosterWork, BaseGeometry]],
    counties: Sequence[BaseGeometry],
    base: Sequence[BasePlace],
) -> None:
    box, unit = layout.map, layout.unit
    places = _on_sheet(base, projection)
    occupied = Occupied(box)
    with canvas.clipped(box.x, box.y, box.width, box.height):
        draw_ground(canvas, box, counties, unit)
        draw_base(canvas, places, unit)
        _draw_shapes(canvas, placed, unit)
        arrow = furniture.draw_north_arrow(canvas, projection, unit)
        occupied.take(around(arrow.x + arrow.width / 2, arrow.y + arrow.height / 2, arrow.width / 2, arrow.height / 2))
        _draw_numbers_and_names(canvas, placed, places, occupied, unit)
    furniture.draw_graticule(canvas, projection, unit)


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
    placed: Sequence[tuple[PosterWork, BaseGeometry]],
    places: Sequence[DrawnPlace],
    occupied: Occupied,
    unit: float,
) -> None:
    """Discs with numbers, then the works' names and those of the base map where there is room left."""
    anchors = [symbols.anchor_of(shape) for _, shape in placed]
    reach = [
        (symbols.RADIUS + (symbols.OUTLINE_GAP if work.precision in symbols.OUTLINES else 0) + 0.25) * unit
        for work, _ in placed
    ]
    spots = place_discs(anchors, max(reach), occupied)
    for (work, _), anchor, spot in zip(placed, anchors, spots, strict=True):
        if anchor != spot:
            _draw_leader(canvas, anchor, spot, SIGNS[work.sector].colour, unit)
    for number, ((work, _), (x, y)) in enumerate(zip(placed, spots, strict=True), 1):
        symbols.draw_disc(canvas, x, y, unit, work.sector, work.status, work.precision, str(number))
    lines = [
        part
        for work, shape in placed
        if symbols.is_drawn(work.precision, shape) and shapely.get_dimensions(shape) == 1
        for part in shapely.get_parts(shape)
    ]
    occupied.take(along_lines(lines, 1.2 * unit, 0.6 * unit))
    draw_names(canvas, places, (TOWNS,), occupied, unit)
    size = NAME_SIZE * unit
    for (work, _), (x, y), gap in zip(placed, spots, reach, strict=True):
        name = printable(work.name)
        name = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
        width = canvas.text_width(name, size, Face.BOLD)
        label = place_beside(x, y, gap + 0.35 * unit, name, width, size, occupied)
        if label:
            colour = SIGNS[work.sector].colour
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
    if len(counties) > 1:
        return str(gettext("政府工作报告工程挂图"))
    year = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return str(gettext("%(county)s%(year)s年政府工作报告工程挂图", county=counties[0], year=year))


def _subtitle_of(selection: Selection, works: int, placed: int) -> str:
    """What was chosen, and how much of it is on the map."""
    chosen = [
        "、".join(str(labels.SECTORS[sector]) for sector in selection.sector),
        "、".join(str(labels.STATUSES[status]) for status in selection.status),
        "、".join(printable(town) for town in selection.town),
        "、".join(printable(area) for area in selection.area),
        "、".join(str(labels.PRECISIONS[precision]) for precision in selection.precision),
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
