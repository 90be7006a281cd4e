"""Why a wall map, or another sheet, cannot be drawn."""

from gazetteer.errors import GuatuError


class PosterError(GuatuError):
    """The selection makes no sheet, or the machine lacks what draws it."""
