"""OGC API - Features under `/ogc`: Core, GeoJSON, HTML, OpenAPI (Part 1), systems (Part 2), CQL2 filters (Part 3);
beside it vector tiles and a QGIS project. Whoever may look at the map may ask here, with a token where that is needed.
"""

from webmap.ogc import project, tiles, views
from webmap.ogc.views import blueprint

__all__ = ["blueprint", "project", "tiles", "views"]
