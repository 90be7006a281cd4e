"""Paragraph text to sentences and clauses, with what stands in brackets and quotation marks kept out of the way."""

import re
from collections.abc import Iterator

MAX_CLAUSE = 600
"""Characters after which a clause is cut: real ones are shorter, and it keeps text without punctuation cheap."""

_INSIDE = re.compile(
    r"（[^（）。；]{0,160}）|“[^“”。；]{0,24}”|\"[^\"。；]{0,24}\"|《[^《》]{0,40}》|[东西南北]起[^，。；：]{1,16}?[、，]?[东西南北]?[至止到][^，。；、]{1,16}?的|(?:总?投资|全?长)\d[^，。；的]{2,24}、[^，。；的]{2,16}的|集[^，。；]{4,40}?[为于]一体的|连接[^，。；、]{2,12}[和与][^，。；]{2,12}?的"
)
_SENTENCE = re.compile(r"[^。！？；]+")
_CLAUSE = re.compile(rf"(?:[^，：-]|-(?!-)){{1,{MAX_CLAUSE}}}")
_LABEL = re.compile(r"（\0{2,10}）(?=.)")
"""A bracket that opens a sentence (【交通】A开工)."""
_NUMBER = re.compile(
    r"（[\d\x00一二三四五六七八九十]{1,3}）|[①-⑳]|--+|[一二三四五六七八九十]+[是要](?=.)|\d{1,2}[、.](?=\D)|[•●■◆▲★]|第[一二三四五六七八九十]+(?=，)|[一二三四五六七八九十]+、"
)
_WITHIN_NAME = re.compile("(?<=机动车)[及和与、](?=非机动车)")
"""A word between two members that are one name."""
_ITEM = re.compile(r"（(\d{1,2})）")


def mask(text: str) -> str:
    """The text with the inside of brackets and short quotations blanked out, the same length."""
    if "（1）" in text:
        text = _itemised(text)
    text = _INSIDE.sub(lambda match: match.group()[0] + "\0" * (len(match.group()) - 2) + match.group()[-1], text)
    return _WITHIN_NAME.sub("\0", text)


def _itemised(text: str) -> str:
    """Items that only their numbers part (（1）甲路改造（2）乙路改造) with commas for the numbers; notes stay."""
    found, due = [], 0
    for item in _ITEM.finditer(text):
        number, before = int(item[1]), text[item.start() - 1 : item.start()]
        if number == 1:
            due = 2 if before in "：。；" else 0
        elif number == due:
            due += 1
            if before not in "，。；：、！？":
                found.append(item.span())
    for start, end in found:
        text = text[:start] + "，" * (end - start) + text[end:]
    return text


def sentences(masked: str) -> Iterator[tuple[int, int]]:
    """Where each sentence (also between semicolons) begins and ends."""
    for match in _SENTENCE.finditer(masked):
        yield match.span()


def clauses(text: str, masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each clause of a sentence begins and ends, without the number of its point ((3), 一是)."""
    for match in _CLAUSE.finditer(masked, start, end):
        begin = match.start() + (text[match.start()] == "-")
        if begin == start and (label := _LABEL.match(masked, begin, match.end())):
            begin = label.end()
        while number := _NUMBER.match(text, begin, match.end()):
            begin = number.end()
        if begin < match.end():
            yield begin, match.end()
