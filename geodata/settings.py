"""What the environment says about where guatu keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` is guatu's own folder; `database_url` names the operator's PostGIS, None means the private cluster;
    `overpass` is the address of the operator's Overpass; `geocoder` names the service that may be asked online, with
    its key and an address of its own; `lexicon` is the planner's own folder of word lists."""

    home: Path
    database_url: str | None
    overpass: str | None = None
    geocoder: str | None = None
    geocoder_key: str | None = None
    geocoder_url: str | None = None
    lexicon: Path | None = None

    @classmethod
    def from_environment(cls) -> "Settings":
        """`GUATU_HOME`, else `.guatu` in the working directory; `DATABASE_URL`, `GUATU_OVERPASS`, `GUATU_GEOCODER`,
        `GUATU_GEOCODER_KEY`, `GUATU_GEOCODER_URL` and `GUATU_LEXICON` where they are set to something."""
        home = Path(os.environ.get("GUATU_HOME") or ".guatu").expanduser().absolute()
        names = {
            "database_url": "DATABASE_URL",
            "overpass": "GUATU_OVERPASS",
            "geocoder": "GUATU_GEOCODER",
            "geocoder_key": "GUATU_GEOCODER_KEY",
            "geocoder_url": "GUATU_GEOCODER_URL",
        }
        lexicon = os.environ.get("GUATU_LEXICON")
        folder = Path(lexicon).expanduser().absolute() if lexicon else None
        return cls(home=home, lexicon=folder, **{field: os.environ.get(name) or None for field, name in names.items()})
