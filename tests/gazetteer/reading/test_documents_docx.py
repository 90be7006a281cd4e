"""Word documents: the words a reader sees, in order; nothing that a hostile package holds."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from gazetteer.reading.documents import DocumentError, document_from_bytes

BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def package(body: str = "", **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", parts.pop("document", BODY.format(body)))
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return stream.getvalue()


def test_paragraphs_headings_and_tables_are_read_in_order():
    document = docx.Document()
    document.add_heading("政府工作报告", 0)
    document.add_heading("健全交通路网", 1)
    document.add_paragraph("建成花园大道,").add_run("开工城北东路。").bold = True
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("项目", "投资", "城西路", "3亿元"), strict=True
    ):
        cell.text = text
    document.add_paragraph("各位代表!")
    read = document_from_bytes(saved(document), "a.docx")
    assert read.text.splitlines() == [
        "# 政府工作报告",
        "## 健全交通路网",
        "建成花园大道,开工城北东路。",
        "项目\t投资",
        "城西路\t3亿元",
        "各位代表!",
    ]
    assert read.title == "政府工作报告"


def test_inserted_words_are_read_and_deleted_words_are_not():
    xml = "<w:p><w:r><w:t>建成</w:t></w:r><w:ins><w:r><w:t>花园大道</w:t></w:r></w:ins>"
    xml += "<w:del><w:r><w:delText>城西路</w:delText></w:r></w:del></w:p>"
    assert document_from_bytes(package(xml), "a.docx").text == "建成花园大道"


def test_numbers_that_word_writes_itself_are_read():
    numbering = f"""<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="0">
      <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="(%2)"/></w:lvl>
      </w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
    levels = [0] * 1 + [1] * 11 + [0] + [1]
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr></w:pPr>'
        "<w:r><w:t>项</w:t></w:r></w:p>"
        for level in levels
    )
    lines = document_from_bytes(package(body, numbering=numbering), "a.docx").text.splitlines()
    assert lines[:2] == ["一、项", "(一)项"]
    assert lines[10:] == ["(十)项", "(十一)项", "二、项", "(一)项"]


def test_a_table_of_contents_is_left_out():
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、交通\t3", style="toc 1")
    document.add_paragraph("一、交通")
    assert document_from_bytes(saved(document), "a.docx").text == "一、交通"


def test_a_table_inside_a_cell_is_read_once():
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "外"
    cell.add_table(1, 1).cell(0, 0).text = "内"
    assert document_from_bytes(saved(document), "a.docx").text == "外内"


def test_a_document_that_unpacks_to_gigabytes_is_refused_at_once():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(40):
            part.write(b" " * (1 << 20))
    with pytest.raises(DocumentError, match="32 MB"):
        document_from_bytes(stream.getvalue(), "a.docx")


def test_a_bomb_among_the_pictures_is_never_unpacked():
    document = package("<w:p><w:r><w:t>花园大道</w:t></w:r></w:p>", media="0" * (64 << 20))
    assert document_from_bytes(document, "a.docx").text == "花园大道"


@pytest.mark.parametrize(
    "entity", ['<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;">']
)
def test_entities_are_refused(entity):
    xml = f"<!DOCTYPE d [{entity}]>" + BODY.format("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>")
    with pytest.raises(DocumentError, match="实体"):
        document_from_bytes(package(document=xml), "a.docx")


@pytest.mark.parametrize("xml", ["<w:document", "", "<a/>"])
def test_a_broken_main_part_is_refused(xml):
    with pytest.raises(DocumentError):
        document_from_bytes(package(document=xml), "a.docx")


def test_a_document_cut_short_or_with_a_flipped_byte_is_refused_or_read():
    document = docx.Document()
    document.add_paragraph("花园大道" * 500)
    whole = saved(document)
    for at in range(100, len(whole), 997):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        for data in (whole[:at], bytes(damaged)):
            try:
                assert document_from_bytes(data, "a.docx").text
            except DocumentError as error:
                assert "\n" not in str(error)


def test_a_spreadsheet_is_sent_to_the_import():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(DocumentError, match="guatu import"):
        document_from_bytes(stream.getvalue(), "a.docx")


def test_content_controls_and_smart_tags_are_read():
    document = docx.Document()
    paragraph = "<w:p><w:smartTag><w:r><w:t>城西路</w:t></w:r></w:smartTag></w:p>"
    xml = f"<w:sdt {nsdecls('w')}><w:sdtContent>{paragraph}</w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(xml))
    assert document_from_bytes(saved(document), "a.docx").text == "城西路"
