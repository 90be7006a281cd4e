"""Progress of long work: a line on a terminal, nothing in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """A function to call with the number done so far."""
    with tqdm(desc=what, unit="", disable=None, leave=False, mininterval=0.3) as bar:

        def show(done: int) -> None:
            bar.update(done - bar.n)

        yield show


@contextmanager
def adding(what: str) -> Iterator[Callable[[int], None]]:
    """A function to call with the number done since the last call."""
    with tqdm(desc=what, unit="", disable=None, leave=False, mininterval=0.3) as bar:

        def show(more: int) -> None:
            bar.update(more)

        yield show
