"""Pages saved from government sites: the article and nothing else."""

import time
from email.message import EmailMessage

import pytest

from gazetteer.reading.documents import DocumentError, document_from_bytes

ARTICLE = (
    """<p>各位代表:</p><p> 现在,我代表市人民政府,向大会
    报告工作,请予审议。</p><h2>一、交通</h2><p>建成<b>花园大道</b>、城北东路(花园大道-8号桥)。<br>开工2个,完工3个。</p>"""
    + "<p>扩建水厂,改造街道,新建学校。</p>" * 20
)
LINES = [
    "各位代表:",
    "现在,我代表市人民政府,向大会报告工作,请予审议。",
    "## 一、交通",
    "建成花园大道、城北东路(花园大道-8号桥)。",
    "开工2个,完工3个。",
    *["扩建水厂,改造街道,新建学校。"] * 20,
]
MENU = "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(80))

MODERN = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府工作报告_金溪市人民政府</title>
<meta name="SiteName" content="金溪市人民政府">
<meta name="ArticleTitle" content="2022年政府工作报告">
<meta name="PubDate" content="2022-01-20 10:00">
<script>var a = "脚本,脚本。";</script><style>p {{ color: red }}</style></head><body>
<header><a href="/">首页</a></header><nav><ul>{MENU}</ul></nav><div class="main"><h1>2022年政府工作报告</h1>
<div class="info">发布时间:2022-01-20 10:00 来源:府办 浏览次数:</div><div id="zoom">{ARTICLE}
<p style="display:none">藏着,的。</p><script>alert(1)</script></div></div>
<div class="share">分享到:微信</div><div class="footer">主办:金溪市人民政府,备案号:浙1号。</div></body></html>"""

OLD = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>金溪市</title></head>
<body><form id="aspnetForm"><table><tr><td><ul>{MENU}</ul></td><td>
<table><tr><td>{ARTICLE}</td></tr></table>
<p>【打印本页】 【关闭窗口】</p></td></tr></table>
<table><tr><td>版权所有:金溪市</td></tr></table></form></body></html>"""


def test_a_modern_page_gives_its_article_title_year_and_county():
    document = document_from_bytes(MODERN.encode(), "page.html")
    assert document.text.splitlines() == LINES
    assert (document.title, document.year, document.county) == ("2022年政府工作报告", 2022, "金溪市")


def test_an_old_page_built_of_tables_in_gb2312_gives_its_article():
    document = document_from_bytes(OLD.encode("gb18030"), "page.htm")
    assert (document.text.splitlines(), document.encoding) == (LINES, "gb18030")


def test_a_page_that_names_the_wrong_encoding_is_still_read():
    assert document_from_bytes(MODERN.encode("gb18030"), "page.html").text.splitlines() == LINES
    assert document_from_bytes(MODERN.encode("utf-16"), "page.html").text.splitlines() == LINES


@pytest.mark.parametrize("charset", ["zlib", "hex", "punycode", "unicode_escape", "utf-7", "nonsense", "\xff"])
def test_a_charset_that_is_no_web_encoding_is_not_followed(charset):
    page = MODERN.replace('charset="utf-8"', f'charset="{charset}"').encode()
    assert document_from_bytes(page, "page.html").text.splitlines() == LINES


def test_an_article_in_two_boxes_keeps_both():
    half = "<p>扩建水厂,改造街道,新建学校。</p>" * 10
    page = MODERN.replace(half, "</div><div>" + half)
    assert document_from_bytes(page.encode(), "page.html").text.splitlines()[1:] == LINES


def test_a_table_of_data_is_read_row_by_row():
    table = "<table><tr><td><p>序号</p></td><td><p>项目</p></td></tr><tr><td>1</td><td>花园大道</td></tr></table>"
    page = MODERN.replace('<p style="display:none">', table + '<p style="display:none">')
    assert document_from_bytes(page.encode(), "page.html").text.splitlines()[-2:] == ["序号\t项目", "1\t花园大道"]


@pytest.mark.parametrize("transfer", ["quoted-printable", "base64"])
def test_a_page_saved_as_one_mhtml_file_gives_its_article(transfer):
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message.set_content(MODERN, subtype="html", charset="utf-8", cte=transfer)
    message.add_related(b"\x89PNG", "image", "png")
    document = document_from_bytes(message.as_bytes(), "page.mhtml")
    assert (document.text.splitlines(), document.title) == (LINES, "2022年政府工作报告")


def test_an_mhtml_file_without_a_page_is_refused():
    with pytest.raises(DocumentError, match="mhtml"):
        document_from_bytes(b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nnothing", "page.mhtml")
    nested = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3000))
    with pytest.raises(DocumentError, match="mhtml"):
        document_from_bytes(b"MIME-Version: 1.0\n" + nested.encode(), "page.mhtml")


def test_markup_in_the_text_stays_text():
    page = "<html><body><p>建成&lt;script&gt;alert(1)&lt;/script&gt;路,{{ 7*7 }}。</p></body></html>"
    assert document_from_bytes(page.encode(), "page.html").text == "建成<script>alert(1)</script>路,{{ 7*7 }}。"


def test_a_page_without_text_is_refused():
    for page in (
        b"<html></html>",
        b"<html><body><script>x</script></body></html>",
        b"<html><body><nav>a</nav></body></html>",
    ):
        with pytest.raises(DocumentError):
            document_from_bytes(page, "page.html")


@pytest.mark.parametrize(
    "tags",
    [
        b"<div>" * 200_000,
        b"<p>" * 100_000,
        b"<a" * 500_000,
        b"<table><tr><td>" * 50_000,
        b"<!--" * 300_000,
        b"<span class=nav>" * 99_999,
    ],
)
def test_hostile_nesting_ends_in_a_line_within_seconds(tags):
    started = time.monotonic()
    with pytest.raises(DocumentError):
        document_from_bytes(b"<html>" + tags, "page.html")
    assert time.monotonic() - started < 30


def test_a_page_of_many_megabytes_is_refused():
    with pytest.raises(DocumentError, match="8 MB"):
        document_from_bytes(b"<html>" + b"<p>x" * (3 << 20), "page.html")
