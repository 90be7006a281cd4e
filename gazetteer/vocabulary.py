"""The closed word lists that every room uses with one meaning."""

from enum import StrEnum


class Status(StrEnum):
    """How far a work is, in the year its report speaks of, from the first idea to use."""

    PROPOSED = "proposed"
    PRELIMINARY = "preliminary"
    START = "start"
    ONGOING = "ongoing"
    COMPLETE = "complete"


class Nature(StrEnum):
    """What is done to the thing."""

    NEW = "new"
    EXPAND = "expand"
    RENOVATE = "renovate"
    RELOCATE = "relocate"
    EXTEND = "extend"
    RESTORE = "restore"
    UPGRADE = "upgrade"


class Sector(StrEnum):
    """The standard list of work areas (工作领域)."""

    TRANSPORT = "transport"
    URBAN = "urban"
    HOUSING = "housing"
    RURAL = "rural"
    WATER = "water"
    ENVIRONMENT = "environment"
    ENERGY = "energy"
    INDUSTRY = "industry"
    EDUCATION = "education"
    HEALTH = "health"
    CULTURE = "culture"
    SPORT = "sport"
    CIVIL = "civil"
    SAFETY = "safety"


class Kind(StrEnum):
    """What the thing is."""

    ROAD = "road"
    BRIDGE = "bridge"
    TUNNEL = "tunnel"
    INTERCHANGE = "interchange"
    EXPRESSWAY = "expressway"
    RAILWAY = "railway"
    WATERWAY = "waterway"
    PIPELINE = "pipeline"
    PLANT = "plant"
    POWER = "power"
    WASTE = "waste"
    PARK = "park"
    GREEN = "green"
    FARMLAND = "farmland"
    RESERVOIR = "reservoir"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    BUILDING = "building"
    HOUSING = "housing"
    BLOCK = "block"
    ZONE = "zone"
    VILLAGE = "village"
    TOWN = "town"
    SCENIC = "scenic"
    FUNERAL = "funeral"
    PARKING = "parking"
    FACILITY = "facility"
    EQUIPMENT = "equipment"
    MINE = "mine"
    OTHER = "other"


class Period(StrEnum):
    """Whether the part of the report looks back on the past year or forward to the coming one."""

    DONE = "done"
    PLANNED = "planned"


class Precision(StrEnum):
    """How closely a location shows the work, from the thing itself to nothing at all."""

    EXACT = "exact"
    STRETCH = "stretch"
    PARTIAL = "partial"
    NEAR = "near"
    TOWN = "town"
    COUNTY = "county"
    NONE = "none"
