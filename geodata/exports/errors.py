"""What can be wrong with an export."""

from gazetteer.errors import GuatuError


class ExportError(GuatuError):
    """The file cannot be written as asked."""


class EncodingError(ExportError):
    """A character does not exist in the encoding."""

    def __init__(self, character: str, encoding: str) -> None:
        super().__init__(
            f"“{character}” does not exist in {encoding}, and nothing is written with a “?” instead: choose UTF-8"
        )
        self.character = character


class EmptySelectionError(ExportError):
    """No work meets the choices."""

    def __init__(self) -> None:
        super().__init__("no work meets these choices: choose fewer, there is nothing to write")
