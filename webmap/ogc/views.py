"""The resources of OGC API - Features (17-069r4, 18-058r1, 19-079r2), each as JSON and as a page."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, NotAcceptable, NotFound

from geodata.exports.fields import FIELDS
from webmap.database import database
from webmap.freshness import versioned
from webmap.ogc import openapi
from webmap.ogc.collections import CHANGED_AT, COLLECTIONS, GEOMETRY, Collection, collection_of, property_schema
from webmap.ogc.items import Page, extent_of, feature_of, page_of
from webmap.ogc.parameters import ITEMS, MAX_ID, allow_only, conditions, cursor, limit
from webmap.ogc.systems import CRS84, System, system_of, systems

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")

CONFORMANCE = [
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "cql2/1.0/conf/spatial-functions",
        "cql2/1.0/conf/temporal-functions",
        "cql2/1.0/conf/property-property",
        "cql2/1.0/conf/arithmetic",
    )
]
Link = dict[str, str]


@blueprint.get("/")
def landing() -> Response:
    """The landing page."""
    allow_only()
    links = [
        *_self_and_alternate("landing"),
        _link("service-desc", _to("api"), gettext("接口定义"), openapi.MEDIA_TYPE),
        _link("service-doc", _to("api", f="html"), gettext("接口说明"), openapi.HTML),
        _link("conformance", _to("conformance"), gettext("符合性声明"), openapi.JSON),
        _link("data", _to("collections"), gettext("集合"), openapi.JSON),
        _link("tiles", _to("tilejson"), gettext("矢量瓦片"), openapi.JSON),
        _link("item", _to("qgis_project"), gettext("QGIS 工程"), "application/zip"),
    ]
    title = gettext("挂图：政府工作报告里的工程")
    body = {"title": title, "description": gettext("报告点名的工程、位置和进展"), "links": links}
    return _answer(body, gettext("数据服务"), body["description"], links)


@blueprint.get("/conformance")
def conformance() -> Response:
    """What of the standards is kept."""
    allow_only()
    body = {"conformsTo": CONFORMANCE}
    return _answer(body, gettext("符合性声明"), "", [_link("related", uri, uri, openapi.HTML) for uri in CONFORMANCE])


@blueprint.get("/api")
def api() -> Response:
    """The API definition."""
    allow_only()
    document = openapi.definition(_to("landing"))
    if _format() == "html":
        return Response(render_template("ogc/api.html", document=document))
    response = jsonify(document)
    response.mimetype, response.headers["Content-Type"] = openapi.JSON, openapi.MEDIA_TYPE
    return response


@blueprint.get("/collections")
def collections() -> Response:
    """All collections, and once for all of them the systems."""
    allow_only()
    bodies = [_collection_body(collection, "#/crs") for collection in COLLECTIONS.values()]
    body = {"links": _self_and_alternate("collections"), "collections": bodies, "crs": list(systems())}
    links = [_link("item", _to("collection", name=c.id), str(c.title), openapi.HTML) for c in COLLECTIONS.values()]
    return _answer(body, gettext("集合"), "", links)


@blueprint.get("/collections/<name>")
def collection(name: str) -> Response:
    """One collection."""
    allow_only()
    found = collection_of(name)
    body = _collection_body(found)
    return _answer(body, str(found.title), str(found.description), body["links"])


@blueprint.get("/collections/<name>/queryables")
def queryables(name: str) -> Response:
    """The properties that filters may name, as a JSON Schema."""
    allow_only()
    found = collection_of(name)
    properties: dict[str, Any] = {field.key: property_schema(field) for field in FIELDS}
    properties[CHANGED_AT] = {"title": "改动时间", "type": "string", "format": "date-time"}
    properties[GEOMETRY] = {"title": "几何", "format": "geometry-any"}
    body = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _to("queryables", name=name),
        "type": "object",
        "title": str(found.title),
        "properties": properties,
        "additionalProperties": False,
    }
    if _format() == "html":
        return Response(render_template("ogc/queryables.html", title=found.title, properties=properties))
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/schema+json")


@blueprint.get("/collections/<name>/items")
def items(name: str) -> Response:
    """Features that meet the filters, a page of them."""
    found = collection_of(name)
    allow_only(*ITEMS, *(field.key for field in FIELDS))
    system = system_of("crs", request.args.get("crs"))
    if _format() == "json":
        return _items_as_geojson(found, system)
    page, links = _items(found, system)
    features = json.loads(f"[{page.features}]")
    return Response(
        render_template("ogc/items.html", collection=found, features=features, matched=page.matched, links=links)
    )


@versioned
def _items_as_geojson(found: Collection, system: System) -> Response:
    page, links = _items(found, system)
    head = {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": page.returned,
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "links": links,
    }
    return _geojson(f'{_dumped(head)[:-1]},"features":[{page.features}]}}', system)


def _items(found: Collection, system: System) -> tuple[Page, list[Link]]:
    page = page_of(database(), found, conditions(), system, limit(), cursor())
    links = _self_and_alternate("items", name=found.id)
    if page.next is not None:
        links.append(_link("next", _same_with(cursor=page.next), gettext("下一页"), openapi.GEOJSON))
    return page, [*links, _link("collection", _to("collection", name=found.id), str(found.title), openapi.JSON)]


@blueprint.get("/collections/<name>/items/<int:feature>")
def item(name: str, feature: int) -> Response:
    """One feature."""
    found = collection_of(name)
    allow_only("crs")
    system = system_of("crs", request.args.get("crs"))
    if feature > MAX_ID:
        raise NotFound
    text = feature_of(database(), found, feature, system)
    links = [
        *_self_and_alternate("item", name=name, feature=feature),
        _link("collection", _to("collection", name=name), str(found.title), openapi.JSON),
    ]
    if _format() == "html":
        return Response(
            render_template("ogc/items.html", collection=found, features=[json.loads(text)], matched=1, links=links)
        )
    return _geojson(f'{text[:-1]},"links":{_dumped(links)}}}', system)


def _collection_body(found: Collection, crs: str | None = None) -> dict[str, Any]:
    box, years = extent_of(database(), found)
    extent: dict[str, Any] = {"spatial": {"bbox": [box or [-180, -90, 180, 90]], "crs": CRS84}}
    if years:
        interval = [f"{years[0]}-01-01T00:00:00Z", f"{years[1]}-12-31T23:59:59Z"]
        extent["temporal"] = {
            "interval": [interval],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": found.id,
        "title": str(found.title),
        "description": str(found.description),
        "itemType": "feature",
        "extent": extent,
        "crs": [crs] if crs else list(systems()),
        "storageCrs": CRS84,
        "links": [
            _link("self", _to("collection", name=found.id), str(found.title), openapi.JSON),
            _link("alternate", _to("collection", f="html", name=found.id), str(found.title), openapi.HTML),
            _link("items", _to("items", name=found.id), gettext("要素"), openapi.GEOJSON),
            _link("items", _to("items", f="html", name=found.id), gettext("要素"), openapi.HTML),
            _link(
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                _to("queryables", name=found.id),
                gettext("可查询属性"),
                "application/schema+json",
            ),
        ],
    }


def _format() -> str:
    """`json` or `html`: as `f` says, else as the browser or program accepts."""
    asked = request.args.get("f")
    if asked is None:
        best = request.accept_mimetypes.best_match(
            [openapi.JSON, openapi.GEOJSON, openapi.HTML, "application/schema+json", openapi.MEDIA_TYPE]
        )
        if best is None and request.accept_mimetypes:
            raise NotAcceptable("JSON, GeoJSON or HTML")
        return "html" if best == openapi.HTML else "json"
    if asked not in ("json", "html"):
        raise BadRequest("f: json or html")
    return asked


def _answer(body: dict[str, Any], title: str, description: str, links: list[Link]) -> Response:
    if _format() == "html":
        return Response(render_template("ogc/page.html", title=title, description=description, links=links))
    return jsonify(body)


def _geojson(text: str, system: System) -> Response:
    response = Response(text, mimetype=openapi.GEOJSON)
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return response


def _self_and_alternate(view: str, **values: Any) -> list[Link]:
    """Links to this resource as it was asked for, and as the other format."""
    here = _format()
    other = "json" if here == "html" else "html"
    media = openapi.GEOJSON if view in ("items", "item") else openapi.JSON
    types = {"json": media, "html": openapi.HTML}
    return [
        _link("self", request.url, gettext("本页"), types[here]),
        _link("alternate", _same_with(f=other), gettext("另一种格式"), types[other]),
    ]


def _same_with(**changes: Any) -> str:
    values = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    return url_for(str(request.endpoint), _external=True, **values)


def _to(view: str, **values: Any) -> str:
    """The whole address of one of the resources here."""
    return url_for(f"ogc.{view}", _external=True, **values)


def _link(rel: str, href: str, title: str, media: str) -> Link:
    return {"rel": rel, "href": href, "title": str(title), "type": media}


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
