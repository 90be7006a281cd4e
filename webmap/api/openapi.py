"""The OpenAPI 3.1 document of the API, its schemas made of the pydantic models that make the answers."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import Finding, ReportKind
from geodata.selection import MAX_WORDS, NOT_INSPECTED
from webmap.api import schemas
from webmap.choices import MAX_ID

EDITED_FILES = {"application/geopackage+sqlite3": ".gpkg", "application/geo+json": ".geojson"}  # media type, ending
PAGE_LENGTH, MAX_PAGE_LENGTH = 100, 1000  # items a page
REF = "#/components/schemas/{model}"


def document(root: str) -> dict[str, Any]:
    """The document for an API whose resources are under `root`."""
    answers = (
        schemas.Works,
        schemas.Work,
        schemas.Locations,
        schemas.Statuses,
        schemas.Inspections,
        schemas.Reports,
        schemas.Places,
        schemas.Place,
        schemas.Edits,
        schemas.Problem,
    )
    _, made = models_json_schema([(model, "serialization") for model in answers], ref_template=REF)
    work, place = _identifier("work"), _identifier("place")
    return {
        "openapi": "3.1.0",
        "info": {"title": "guatu 挂图 API", "version": "1.0.0", "description": schemas.__doc__},
        "servers": [{"url": root}],
        "security": [{}, {"token": []}],
        "paths": {
            "/works": {"get": _operation("works", "工程 / Works", schemas.Works, [*_filters(), *_paging()])},
            "/works/{work}": {"get": _operation("work", "一项工程 / One work", schemas.Work, [work])},
            "/works/{work}/locations": {
                "get": _operation("locations", "位置沿革 / History of its place", schemas.Locations, [work])
            },
            "/works/{work}/statuses": {
                "get": _operation("statuses", "进展沿革 / History of its status", schemas.Statuses, [work])
            },
            "/works/{work}/inspections": {
                "get": _operation("inspections", "巡查记录 / Inspections", schemas.Inspections, [work])
            },
            "/reports": {"get": _operation("reports", "报告 / Reports", schemas.Reports, [])},
            "/places": {
                "get": _operation(
                    "places",
                    "地名 / Places",
                    schemas.Places,
                    [_query("name", {"type": "string"}), _query("kind", {"type": "string"}), *_paging()],
                )
            },
            "/places/{place}": {"get": _operation("place", "一处地名 / One place", schemas.Place, [place])},
            "/edits": {"post": _taking_back()},
        },
        "components": {
            "schemas": made["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(name: str, summary: str, answer: type[BaseModel], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    tag = {"ETag": {"schema": {"type": "string"}, "description": "for If-None-Match"}}
    body = {"application/json": {"schema": {"$ref": REF.format(model=answer.__name__)}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [
            *parameters,
            {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
        ],
        "responses": {
            "200": {"description": "OK", "content": body, "headers": tag},
            "304": {"description": "not changed since the entity tag", "headers": tag},
            "400": _problem("a parameter is wrong"),
            "401": _problem("sign in, or send a token"),
            "404": _problem("there is none"),
        },
    }


def _taking_back() -> dict[str, Any]:
    """The operation that takes an edited export back; it asks for the token of a planner."""
    body = {"application/json": {"schema": {"$ref": REF.format(model=schemas.Edits.__name__)}}}
    return {
        "operationId": "edits",
        "summary": "收回改动 / Take an edited export back",
        "security": [{"token": []}],
        "parameters": [
            _query("dry_run", {"type": "boolean", "default": False}, description="compare, and write nothing")
        ],
        "requestBody": {
            "required": True,
            "description": "a GeoPackage or GeoJSON that was exported here and edited, at most 200 MB",
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in EDITED_FILES},
        },
        "responses": {
            "200": {"description": "what the file changes, and what was taken of it", "content": body},
            "400": _problem("a parameter is wrong"),
            "401": _problem("send a token"),
            "403": _problem("the token is not a planner's"),
            "413": _problem("the file is too large"),
            "415": _problem("neither GeoPackage nor GeoJSON"),
            "422": _problem("no file that was exported here, or in GCJ-02"),
        },
    }


def _problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model=schemas.Problem.__name__)}}}
    return {"description": description, "content": content}


def _identifier(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
    }


def _query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def _filters() -> list[dict[str, Any]]:
    """The map's filters: a choice given several times takes what meets any of its values."""

    def several(items: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": items}

    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    return [
        _query("report_kind", several({"enum": [word.value for word in ReportKind]})),
        _query("report", several({"type": "integer", "minimum": 1, "maximum": MAX_ID})),
        _query("area", several({"type": "string"}), description="path of headings, › between them"),
        _query("sector", several({"enum": [word.value for word in Sector]})),
        _query("status", several({"enum": [word.value for word in Status]})),
        _query("town", several({"type": "string"})),
        _query("precision", several({"enum": [word.value for word in Precision]})),
        _query(
            "finding",
            several({"enum": [*(word.value for word in Finding), NOT_INSPECTED]}),
            description="what an inspector said last, - where none has been",
        ),
        _query("words", {"type": "string", "maxLength": MAX_WORDS}, description="in the name or the sentence"),
        _query("bbox", box, style="form", explode=False, description="west, south, east, north in degrees"),
        _query("since", {"type": "string", "format": "date-time"}, description="changed at that time or later"),
    ]


def _paging() -> list[dict[str, Any]]:
    page = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_LENGTH, "default": PAGE_LENGTH}
    return [
        _query("cursor", {"type": "integer", "minimum": 0, "maximum": MAX_ID}, description="as `next` has it"),
        _query("limit", page),
    ]
