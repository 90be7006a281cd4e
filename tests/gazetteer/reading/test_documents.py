"""Files and pasted text become one text; what is not a report is refused in one line."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.errors import GuatuError
from gazetteer.reading.documents import (
    MAX_FILE_BYTES,
    DocumentError,
    document_from_bytes,
    document_from_text,
    open_document,
)

REPORT = """政府工作报告
——2022年1月10日在金溪市第十八届人民代表大会第一次会议上
金溪市市长 李 明

各位代表:
现在,我代表市人民政府,向大会报告工作。
二、2022年工作安排
新建花园大道(城北路-8号桥)5.7公里,扩建城区、象山等2个污水处理厂。
"""

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "gb18030", "gbk")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_every_usual_encoding_is_read_exactly(encoding):
    assert document_from_bytes(REPORT.encode(encoding), "a.txt").text == REPORT


def test_utf16_and_gb18030_with_a_byte_order_mark_lose_only_the_mark():
    for encoding in ("utf-16-le", "utf-16-be", "gb18030"):
        document = document_from_bytes(("\ufeff" + REPORT).encode(encoding), "a.txt")
        assert (document.text, document.encoding) == (REPORT, encoding)


def test_utf16_without_a_mark_is_known_even_where_most_zero_bytes_come_from_the_character_one():
    text = "一一一、一是统一规划一批道路\n"
    assert document_from_bytes(text.encode("utf-16-le"), "a.txt").text == text
    assert document_from_bytes(text.encode("utf-16-be"), "a.txt").text == text


chinese = st.text(
    st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.sampled_from(",。;:、()0123456789 \n"),
    min_size=1,
)


@given(lines=st.lists(chinese.filter(str.strip), min_size=1), encoding=st.sampled_from(ENCODINGS[:6]))
def test_any_chinese_text_comes_back_as_it_was_saved(lines, encoding):
    text = "政府工作报告\n" + "\n".join(lines)
    assert document_from_bytes(text.encode(encoding), "a.txt").text == text


@given(st.binary(max_size=2000), st.sampled_from(("a.txt", "a.html", "a.docx", "a.pdf", "")))
@settings(max_examples=300)
def test_any_bytes_give_a_document_or_one_clear_line(data, name):
    try:
        document = document_from_bytes(data, name)
    except GuatuError as error:
        assert "\n" not in str(error)
    else:
        assert document.text.strip()


@given(
    st.sampled_from(
        (b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"MIME-Version: 1.0\n")
    ),
    st.binary(max_size=500),
)
def test_a_true_start_with_a_false_rest_gives_one_clear_line_or_text(start, rest):
    try:
        assert document_from_bytes(start + rest, "a").text.strip()
    except GuatuError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "空"),
        (b" \r\n\t ", "空"),
        (b"\xef\xbb\xbf", "没有文字"),
        (bytes(range(256)) * 20, "编码"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 100, "二进制"),
        ("擴建污水處理廠及學校,興建環城公路與橋樑工程".encode("big5"), "编码"),
        (REPORT.encode()[:-2], "UTF-8 up to byte"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"PK\x03\x04 cut", "损坏"),
    ],
)
def test_what_is_not_a_report_is_refused_in_one_line(data, line):
    with pytest.raises(DocumentError, match=line) as refused:
        document_from_bytes(data, "file.txt")
    assert "\n" not in str(refused.value)


def test_a_few_control_characters_are_kept_as_part_of_the_text():
    assert "\x0c" in document_from_bytes((REPORT + "\x0c\x01" + REPORT).encode(), "a.txt").text


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(DocumentError, match="64 MB"):
        open_document(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nothing.txt", tmp_path):
        with pytest.raises(DocumentError):
            open_document(path)


def test_a_file_is_known_by_its_own_hash(tmp_path):
    path = tmp_path / "jinxi-2022.txt"
    path.write_bytes(REPORT.encode("gb18030"))
    document = open_document(path)
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (document.media_type, document.encoding) == ("text/plain", "gb18030")
    assert (document.title, document.year, document.county) == ("政府工作报告", 2022, "金溪市")


def test_pasted_text_is_a_document():
    assert document_from_text(REPORT).county == "金溪市"
    with pytest.raises(DocumentError):
        document_from_text(" \n")


@pytest.mark.parametrize(
    ("name", "text", "year", "county"),
    [
        ("jinxi-2022.txt", "# 政府工作报告\n(紧接3版)成立中心。", 2022, None),
        ("a.txt", "政府工作报告\n(2022年12月28日在竹岭县第十九届人民代表大会第二次会议上)", 2023, "竹岭县"),
        ("a.txt", "2023年赵县政府工作报告\n现在,我代表县人民政府,向大会报告工作", 2023, "赵县"),
        ("a.txt", "赵县2023年政府工作报告", 2023, "赵县"),
        ("杭川旗人民政府工作报告2021.txt", "各位代表:\n现在,我代表旗人民政府报告工作。", 2021, "杭川旗"),
        (
            "a.txt",
            "政 府 工 作 报 告\n我代表全椒县人民政府报告。\n一、2021年工作回顾\n好。\n二、2022年工作安排\n",
            2022,
            "全椒县",
        ),
        (
            "a.txt",
            "政府工作报告\n2021年2月5日在湖南省湘西土家族苗族自治州花垣县第十届人民代表大会上",
            2021,
            "湖南省湘西土家族苗族自治州花垣县",
        ),
        ("a.txt", "我代表全县人民政府\n我市第二届人民代表大会", None, None),
        ("2019-2022.txt", "新建花园大道。", None, None),
    ],
)
def test_year_and_county_are_read_from_the_first_lines_or_left_open(name, text, year, county):
    document = document_from_bytes(text.encode(), name)
    assert (document.year, document.county) == (year, county)


def test_ten_megabytes_of_text_are_read_whole():
    text = REPORT * (10_000_000 // len(REPORT.encode()))
    assert document_from_bytes(text.encode("gb18030"), "a.txt").text == text
