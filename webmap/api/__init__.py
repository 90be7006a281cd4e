"""The JSON API for other systems, under `/api/v1`, described by its own OpenAPI document.

It reads, and takes edited exports back from planners. Whoever may look at the map may ask; where viewing needs an
account, with a token. Identifiers never change.
"""

from webmap.api.views import blueprint

__all__ = ["blueprint"]
