"""The wall map: the works of a selection on one printed sheet, with the list of them at its side.

`content` reads what is drawn, `layout` divides the sheet, `projection` puts the Earth on it, `base_map`, `symbols` and
`labels` draw the map, `inset` finds the part to enlarge, `furniture` draws what stands around, `listing` the list.
Everything on the sheet is in millimetres from its upper left corner.
"""

from webmap.poster.drawing import Drawn, draw_poster
from webmap.poster.errors import PosterError
from webmap.poster.layout import ENDINGS, SIZES

__all__ = ["ENDINGS", "SIZES", "Drawn", "PosterError", "draw_poster"]
