"""A plan with persons in every place a Word file has: split over runs, in margins, notes, boxes, comments, properties."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# What must be in no file for third parties, squashed.
SECRETS = (
    "330105198001011234", "33010519900307421X", "13912345678", "13800138000", "13700001111", "057188012399", "88012399",
    "6222021202001234567", "1202026209900012345", "wang.fang@example.gov.cn",
    "王芳", "沈佳宜", "赵䶮", "钱𠮷", "李建国", "周文博", "吴小莉", "郑海涛", "冯丽娜", "欧阳建华", "陈志强",
)  # fmt: skip
_FOOTNOTES = (
    f'<w:footnotes {SPACE}><w:footnote w:id="7"><w:p><w:r><w:t>经办人：冯丽娜，账号12020262</w:t></w:r>'
    "<w:r><w:rPr><w:b/></w:rPr><w:t>0990 0012 345</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p></w:footnote></w:footnotes>"
)
_BOX = (
    '<w:r {ns}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p>'
    "<w:r><w:t>项目负责人：郑海涛，手机1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r>"
    "</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
_TRACKED = (
    '<w:p {ns}><w:r><w:t>项目由</w:t></w:r><w:del w:id="91" w:author="陈志强" w:date="2022-01-01T00:00:00Z">'
    "<w:r><w:delText>联系人：周文博，</w:delText></w:r></w:del>"
    '<w:ins w:id="92" w:author="陈志强" w:date="2022-01-01T00:00:00Z"><w:r><w:t>联系人：吴小莉，电话</w:t></w:r>'
    "<w:r><w:t>137 0000</w:t></w:r><w:r><w:t> 1111</w:t></w:r></w:ins><w:r><w:t>牵头，周文博配合。</w:t></w:r></w:p>"
)
_CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
    'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="联系人"><vt:lpwstr>李建国</vt:lpwstr></property>'
    "</Properties>"
)


def personal_plan(path: Path) -> Path:
    """Write the plan and return where it lies."""
    made = docx.Document()
    made.core_properties.author = made.core_properties.last_modified_by = "李建国"
    made.core_properties.title = "方案（联系人：李建国）"
    section = made.sections[0]
    _runs(section.header.paragraphs[0], "联系人：沈", "佳宜　电话0571-", "8801 2399")
    _runs(section.footer.paragraphs[0], "开户账号6222 0212", " 0200 1234 ", "567")
    made.add_heading("一、基本概述", 1)
    paragraph = _runs(made.add_paragraph(), "负责人：赵", "䶮，身份证号330105", "19800101", "1234，由沈佳宜协助。")
    _runs(made.add_paragraph(), "项目经理 钱𠮷（", "139\u00a01234\u00a0", "5678", "）。证件号 330105 19900307", "421X")
    made.element.body.insert(-1, parse_xml(_TRACKED.format(ns=nsdecls("w"))))
    box = made.add_paragraph("平面布置见下。")
    box._p.append(parse_xml(_BOX.format(ns=nsdecls("w"))))
    noted = made.add_paragraph("资金由单位结算")
    noted._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="7"/></w:r>'))
    made.add_comment(
        paragraph.runs, text="请王芳科长核实，邮箱wang.fang@example.gov.cn", author="欧阳建华", initials="欧"
    )
    made.add_paragraph("需求由王芳提出，冯丽娜、郑海涛参加，李建国、欧阳建华审定。")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for r in table.rows for c in r.cells), ("姓名", "座机", "陈志强", "8801 2399"), strict=True
    ):
        cell.text = text
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml", _FOOTNOTES.encode(), made.part.package,
    )  # fmt: skip
    made.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    buffer = io.BytesIO()
    made.save(buffer)
    path.write_bytes(_with_custom(buffer.getvalue()))
    return path


def _runs(paragraph: docx.text.paragraph.Paragraph, *texts: str) -> docx.text.paragraph.Paragraph:
    for number, text in enumerate(texts):
        paragraph.add_run(text).bold = bool(number % 2)
    return paragraph


def _with_custom(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
                override = f'<Override PartName="/docProps/custom.xml" ContentType="{kind}"/></Types>'
                content = content.replace(b"</Types>", override.encode())
            if entry.filename == "_rels/.rels":
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
                relation = f'<Relationship Id="rIdC" Type="{kind}" Target="docProps/custom.xml"/></Relationships>'
                content = content.replace(b"</Relationships>", relation.encode())
            target.writestr(entry, content)
        target.writestr("docProps/custom.xml", _CUSTOM)
    return out.getvalue()
