"""The one error that people see."""


class GuatuError(Exception):
    """Something the user can put right. The message is one line that says what to do; no traceback is shown for it."""
