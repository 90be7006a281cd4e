"""Why a wall map cannot be drawn."""

from gazetteer.errors import GuatuError


class PosterError(GuatuError):
    """The selection makes no wall map, or the machine lacks what draws it."""
