"""Tables for a terminal, in which Chinese characters take two columns."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_IN_A_PIPE = 160  # columns: no terminal says how wide it is


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Prints rows under headings; the columns of `right` are aligned to the right. Cells are text, never markup."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_IN_A_PIPE)
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(table)
