"""The API definition of the services (OpenAPI 3.0)."""

from typing import Any

from geodata.exports.fields import FIELDS
from geodata.selection import MAX_WORDS
from webmap.ogc.collections import COLLECTIONS, property_schema
from webmap.ogc.cql2 import LANGUAGES, MAX_CHARACTERS
from webmap.ogc.parameters import MAX_ID, MAX_PAGE_LENGTH, PAGE_LENGTH
from webmap.ogc.systems import CRS84

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON, JSON, HTML, PROBLEM = "application/geo+json", "application/json", "text/html", "application/problem+json"


def definition(root: str) -> dict[str, Any]:
    """The document for a server whose landing page is at `root`."""
    ids = list(COLLECTIONS)
    collection = {**_path("collectionId"), "schema": {"type": "string", "enum": ids}}
    feature = {**_path("featureId"), "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID}}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "guatu 挂图 OGC API - Features",
            "version": "1.0.0",
            "description": "政府工作报告里的工程 / The works of government reports",
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": {
            "/": {"get": _operation("landing", "入口 / Landing page")},
            "/conformance": {"get": _operation("conformance", "符合性声明 / Conformance classes")},
            "/collections": {"get": _operation("collections", "集合 / Collections")},
            "/collections/{collectionId}": {
                "get": _operation("collection", "一个集合 / One collection", [collection], missing=True)
            },
            "/collections/{collectionId}/queryables": {
                "get": _operation(
                    "queryables",
                    "可查询属性 / Properties for filters",
                    [collection],
                    missing=True,
                    media="application/schema+json",
                )
            },
            "/collections/{collectionId}/items": {
                "get": _operation(
                    "items",
                    "要素 / Features",
                    [collection, *_item_parameters()],
                    missing=True,
                    media=GEOJSON,
                    schema="featureCollection",
                )
            },
            "/collections/{collectionId}/items/{featureId}": {
                "get": _operation(
                    "item",
                    "一个要素 / One feature",
                    [collection, feature, _query("crs", _uri())],
                    missing=True,
                    media=GEOJSON,
                    schema="feature",
                )
            },
        },
        "components": {"schemas": _schemas()},
    }


def _operation(
    name: str,
    summary: str,
    parameters: list[dict[str, Any]] | None = None,
    *,
    missing: bool = False,
    media: str = JSON,
    schema: str | None = None,
) -> dict[str, Any]:
    body = {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}}
    responses: dict[str, Any] = {
        "200": {"description": "OK", "content": {media: body, HTML: {"schema": {"type": "string"}}}},
        "400": _problem("the address is wrong"),
        "401": _problem("sign in, or send a token"),
    }
    if missing:
        responses["404"] = _problem("there is none")
    formats = _query("f", {"type": "string", "enum": ["json", "html"]})
    language = _query("lang", {"type": "string", "enum": ["zh", "en"]})
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*(parameters or []), formats, language],
        "responses": responses,
    }


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}},
            HTML: {"schema": {"type": "string"}},
        },
    }


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True}


def _query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, **more}


def _uri() -> dict[str, Any]:
    return {"type": "string", "format": "uri", "default": CRS84}


def _item_parameters() -> list[dict[str, Any]]:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    page = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_LENGTH, "default": PAGE_LENGTH}
    return [
        _query("limit", page, style="form", explode=False),
        _query("cursor", {"type": "string"}),
        _query("bbox", numbers, style="form", explode=False),
        _query("bbox-crs", _uri()),
        _query("crs", _uri()),
        _query("datetime", {"type": "string"}, style="form", explode=False),
        _query("filter", {"type": "string", "maxLength": MAX_CHARACTERS}),
        _query("filter-lang", {"type": "string", "enum": list(LANGUAGES), "default": next(iter(LANGUAGES))}),
        _query("filter-crs", _uri()),
        *(_query(f.key, _parameter_schema(property_schema(f))) for f in FIELDS),
    ]


def _parameter_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "maxLength": MAX_WORDS} if schema["type"] == "string" and "enum" not in schema else schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "nullable": True, **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def _schemas() -> dict[str, Any]:
    properties = {f.key: _nullable(property_schema(f)) for f in FIELDS}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        },
    }
    return {
        "link": {
            "type": "object",
            "required": ["href"],
            "properties": {"href": {"type": "string"}, "rel": {"type": "string"}, "type": {"type": "string"}},
        },
        "feature": feature,
        "featureCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
                "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
                "timeStamp": {"type": "string", "format": "date-time"},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
            },
        },
        "problem": {
            "type": "object",
            "required": ["title", "status"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string", "nullable": True},
            },
        },
    }
