"""Headings of recognised pages: misread numbers and titles put right; what is lost is to be checked, not missing."""

from dataclasses import replace

import pytest

from analyzers import completeness
from analyzers.completeness_status import review
from analyzers.context import Context
from corpus.policies import load_policy
from ingest.contents import repeated
from models.alignment import align
from models.domain.document import Document, Paragraph
from models.domain.finding import Severity
from models.domain.submission import Kind, SubmittedDocument
from models.outline import LABEL, outline
from models.understanding import understand

POLICY = load_policy("gongshu-2021")
TEXT = "街道共有{}个社区，窗口人员每天手工登记并逐级上报，平均办结时间为三天，群众多次往返。"
CHAPTERS = {
    "一、项目概况": ["（一）项目名称", "（二）项目性质", "（三）编制依据", "（四）建设目标、规模和周期", "（五）建设内容清单",
              "（六）总投资金额及来源", "（七）预期效益"],
    "二、现状、必要性与需求": ["（一）信息化现状", "（二）建设必要性", "1.必要性分析", "2.可行性分析", "3.建设依据", "（三）需求分析",
                    "1.服务对象与服务范围", "2.业务需求", "3.功能与性能需求", "4.与已有系统的关系", "5.安全需求分析"],
    "三、建设目标与内容": ["（一）建设思路", "（二）目标任务"],
    "四、社会与经济效益分析": ["（一）社会效益", "（二）经济效益"],
    "五、投资概算": ["（一）概算编制说明", "（二）投资概算汇总表", "（三）系统运维后续资金", "（四）资金来源与落实"],
}  # fmt: skip
HEADS = [line for chapter, below in CHAPTERS.items() for line in (chapter, *below)]


def scan(changed=(), *, without=(), weak=(), contents=(), kept=()):
    """A plan as recognition gives it: headings a little larger than the text, as `changed` says, some `without`."""
    changed, blocks = dict(changed), [Paragraph("拱墅区政府投资信息化项目建设方案", size=22.0, centered=True, page=1)]
    for count, head in enumerate(HEADS):
        if head not in without:
            size = 16.0 if head in CHAPTERS else 12.0 if head[0].isdigit() else 13.5
            blocks.append(Paragraph(changed.get(head, head), size=size, page=1, weak=head in weak))
        if head not in CHAPTERS and (head not in without or head in kept):
            blocks.append(Paragraph(TEXT.format(count + 3), size=12.0, page=1))
    return Document("方案.pdf", "pdf", "", tuple(blocks), pages=1, contents=tuple(contents), ocr_pages=(1,))


def heads(document):
    return [s.number + s.title for s in outline(document) if s.by != LABEL]


def statuses(document):
    plan = SubmittedDocument(document, Kind.PLAN, align(document, outline(document), POLICY))
    context = Context(POLICY, understand("甲", [plan], POLICY))
    return (
        review(context).status,
        completeness.unchecked(context),
        [f.rule for f in completeness.check(context) if f.severity is not Severity.NOTICE],
    )


def test_a_clean_scan_has_its_headings():
    assert heads(scan()) == HEADS


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("3.功能与性能需求", "8.功能与性能需求"),
        ("1.服务对象与服务范围", "l.服务对象与服务范围"),
        ("2.业务需求", "2业务需求"),
        ("（二）建设必要性", "（二建设必要性"),
        ("（二）建设必要性", "二）建设必要性"),
        ("三、建设目标与内容", "三建设目标与内容"),
        ("一、项目概况", "-、项目概况"),
        ("（一）社会效益", "(-）社会效益"),
        ("5.安全需求分析", "5安全需求分析"),
        ("（七）预期效益", "（七预期效益"),
    ],
)
def test_a_misread_number_is_told_by_its_neighbours(line, read):
    found = outline(scan({line: read}))
    assert [s.title for s in found if s.by != LABEL] == [s.title for s in outline(scan()) if s.by != LABEL]
    assert [s.level for s in found if s.by != LABEL] == [s.level for s in outline(scan()) if s.by != LABEL]


def test_the_contents_list_tells_a_heading_that_nothing_else_tells():
    listed = [f"{head} {n}" for n, head in enumerate(HEADS)]
    document = scan({"（四）资金来源与落实": "《四9资金来源与落实"}, contents=listed)
    assert "（四）资金来源与落实" in heads(document)


def test_what_a_person_typed_stands_as_typed():
    typed = replace(scan({"3.功能与性能需求": "8.功能与性能需求"}), ocr_pages=())
    assert "3.功能与性能需求" not in heads(typed)


def test_a_section_left_out_of_a_clean_scan_is_missing():
    renumbered = {"（三）系统运维后续资金": "（二）系统运维后续资金", "（四）资金来源与落实": "（三）资金来源与落实"}
    status, unchecked, found = statuses(scan(renumbered, without=["（二）投资概算汇总表"]))
    assert status["15.2"] == "missing"
    assert "SEC-15.2" in found
    assert not [u for u in unchecked if "SEC-15.2" in u.rules]


@pytest.mark.parametrize(
    "document",
    [
        scan({"5.安全需求分析": "5.女全而求分竹"}, weak=["5.安全需求分析"]),
        scan(without=["4.与已有系统的关系"], kept=["4.与已有系统的关系"]),
        scan(without=["5.安全需求分析"], kept=["5.安全需求分析"], contents=[f"{head} 3" for head in HEADS]),
    ],
    ids=["weakly read", "a hole in the numbers", "in the contents list only"],
)
def test_an_item_whose_heading_was_lost_is_to_be_checked(document):
    status, unchecked, found = statuses(document)
    lost = [n for n in ("2.3.4", "2.3.5") if status[n] not in {"present", "merged", "thin"}]
    assert all(status[n] == "unclear" for n in lost)
    assert not [rule for rule in found if rule in {"SEC-2.3.4", "SEC-2.3.5"}]
    assert {r for u in unchecked for r in u.rules} >= {f"SEC-{n}" for n in lost}


def test_an_empty_section_of_a_clean_scan_is_empty():
    document = scan()
    at = next(i for i, b in enumerate(document.blocks) if b.text == "（二）经济效益")
    document = replace(document, blocks=(*document.blocks[: at + 1], *document.blocks[at + 2 :]))
    assert statuses(document)[0]["14.2"] == "empty"


def test_a_contents_list_is_told_by_its_lines_coming_again():
    listed = ["项目概况", "项目名称2", "建设必要性", "需求分析 4", "投资概算……5"]
    body = [
        x for head in ("项目概况", "项目名称", "建设必要性", "需求分析", "投资概算") for x in (head, TEXT.format(3))
    ]
    assert repeated(["目录", *listed, *body]) == range(1, 6)
    assert repeated(["项目概况", TEXT.format(2), *listed[1:], *[TEXT.format(4)] * 6, *body[2:]]) == range(0)
    assert repeated(body) == range(0)


def test_an_emptied_section_among_plain_lines_of_a_scan_is_empty_and_its_neighbours_stay():
    document = scan()
    at = next(i for i, b in enumerate(document.blocks) if b.text == "2.业务需求")
    document = replace(document, blocks=(*document.blocks[: at + 1], *document.blocks[at + 2 :]))
    status = statuses(document)[0]
    assert (status["2.3.1"], status["2.3.2"], status["2.3.3"]) == ("present", "empty", "present")
