"""How works look by sector, on the map, in QGIS styles and in KML: one colour and one character each."""

from dataclasses import dataclass

from gazetteer.vocabulary import Sector, Status


@dataclass(frozen=True, slots=True)
class Sign:
    """How a sector looks: its colour, dark enough for white text (WCAG AA, 4.5:1), and its character in print."""

    colour: str
    character: str


SIGNS = {
    Sector.TRANSPORT: Sign("#b3261e", "交"),
    Sector.URBAN: Sign("#6b4fa0", "城"),
    Sector.HOUSING: Sign("#a34700", "住"),
    Sector.RURAL: Sign("#4f7a1f", "农"),
    Sector.WATER: Sign("#1565a8", "水"),
    Sector.ENVIRONMENT: Sign("#1b7f5c", "环"),
    Sector.ENERGY: Sign("#8a6100", "能"),
    Sector.INDUSTRY: Sign("#4a5560", "工"),
    Sector.EDUCATION: Sign("#0b7a86", "教"),
    Sector.HEALTH: Sign("#c2185b", "医"),
    Sector.CULTURE: Sign("#9c27b0", "文"),
    Sector.SPORT: Sign("#2e7d32", "体"),
    Sector.CIVIL: Sign("#5d4037", "民"),
    Sector.SAFETY: Sign("#37474f", "安"),
}
DASHES: dict[Status, tuple[int, ...]] = {  # pixels drawn and left out along a line; empty is an unbroken one
    Status.PROPOSED: (1, 9),
    Status.PRELIMINARY: (4, 8),
    Status.START: (9, 7),
    Status.ONGOING: (18, 6),
    Status.COMPLETE: (),
}
