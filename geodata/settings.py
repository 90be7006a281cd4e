"""What the environment says about where guatu keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` is guatu's own folder; `database_url` names the operator's PostGIS, None means the private cluster."""

    home: Path
    database_url: str | None

    @classmethod
    def from_environment(cls) -> "Settings":
        """`GUATU_HOME`, else `.guatu` in the working directory; `DATABASE_URL` where it is set to something."""
        home = Path(os.environ.get("GUATU_HOME") or ".guatu").expanduser().absolute()
        return cls(home=home, database_url=os.environ.get("DATABASE_URL") or None)
