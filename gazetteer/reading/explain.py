"""How a report was read, in words: the rule and the list behind each work, and why the rest was rejected."""

from collections.abc import Iterator

from gazetteer.reading.result import Reading


def explain(reading: Reading) -> Iterator[str]:
    """Lines for `guatu read --explain`: each work with the steps that found it, then each rejection with its reason."""
    for work in reading.works:
        measure = f" {work.quantity:g}{work.unit or ''}" if work.quantity is not None else ""
        ends = f" [{work.extent.start} → {work.extent.end}]" if work.extent else ""
        yield f"{work.name}{ends}{measure}: {work.kind}, {work.status}, {work.nature}, {work.sector}"
        yield f"    {' > '.join(work.area) or '(无标题 no heading)'} ({work.period})"
        yield f"    “{work.sentence.strip()}”"
        for step in work.reasoning:
            yield f"    - {step}"
        for flag in work.flags:
            yield f"    ! {flag}"
        if work.mentions:
            yield f"    另见 also at {', '.join(str(span.start) for span in work.mentions)}"
    if reading.rejected:
        yield ""
        yield "未采纳 not taken for works:"
    for rejection in reading.rejected:
        yield f"    {rejection.why} @{rejection.span.start}"
