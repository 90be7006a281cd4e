"""The Flask application."""

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from geodata.session import open_engine
from webmap import (
    access,
    accounts,
    api,
    base_maps,
    dashboard,
    database,
    downloads,
    editing,
    errors,
    freshness,
    history,
    languages,
    map_page,
    ogc,
    people,
    poster_page,
    reports,
    returns,
    review,
    sources,
    tiles,
    works,
    works_tiles,
)
from webmap.inspection import pages, queue, sync


class _JSON(DefaultJSONProvider):
    ensure_ascii = False
    sort_keys = False  # the closed lists have an order of their own


class _Application(Flask):
    json_provider_class = _JSON


def create_app(database_url: str, **config: Any) -> Flask:
    """An application on the PostGIS database at `database_url`, connecting as the role in that address.

    `config` are Flask settings; `SECRET_KEY` signs the language choice and the forms.
    """
    app = _Application(__name__)
    app.jinja_env.policies["json.dumps_kwargs"] = {}  # nor does `tojson` sort
    app.config.from_mapping(SEND_FILE_MAX_AGE_DEFAULT=3600, **config)
    database.init_app(app, open_engine(database_url))
    languages.init_app(app)
    access.init_app(app)
    errors.init_app(app)
    accounts.init_app(app)
    freshness.init_app(app)
    base_maps.init_app(app)
    for room in (
        map_page,
        works,
        works_tiles,
        editing,
        reports,
        sources,
        tiles,
        pages,
        queue,
        people,
        sync,
        downloads,
        ogc,
        api,
        review,
        returns,
        history,
        poster_page,
        dashboard,
    ):
        app.register_blueprint(room.blueprint)
    return app
