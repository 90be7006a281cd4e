"""Where the places come from, and under which licences."""

from flask import Blueprint, render_template
from sqlalchemy import select

from geodata.models import GazetteerSource
from webmap.database import database

blueprint = Blueprint("sources", __name__)


@blueprint.get("/sources")
def page() -> str:
    """The sources of the gazetteer that are loaded."""
    sources = database().scalars(select(GazetteerSource).order_by(GazetteerSource.name)).all()
    return render_template("sources.html", sources=sources)
