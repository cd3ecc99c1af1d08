"""What the seven dimensions quote: passages that tell something, no captions, headings, contents, page headers."""

from dataclasses import replace

import pytest
from form_samples import plan, policy, submission, table

from analyzers.context import Context
from analyzers.dimensions import dimensions, tells
from models.domain.document import Paragraph
from models.domain.finding import Evidence
from models.domain.submission import Kind, Passage, PassageKind


def passage(text: str, kind: PassageKind = PassageKind.SENTENCE, row: int | None = None) -> Passage:
    return Passage(text, kind, Kind.PLAN, Evidence("方案.docx", text, row=row))


@pytest.mark.parametrize(
    "text",
    [
        "图4-1 总体技术架构和部署示意图",
        "表 3-2　目标任务分解和考核时点",
        "附表2：数据归集和共享目录清单",
        "图十二 网络拓扑和安全域划分图",
        "6.3 数据归集与交换共享设计",
        "（二）数据标准和共享交换规范",
        "6.3 数据归集与共享交换设计 19",
        "（二）数据标准和共享交换规范……………12",
        "第六章 数据资源规划与共享设计\t27",
        "外部数据需求和归集清单见表12。",
        "数据归集和共享的目录详见附件3《归集清单》。",
        "总体架构和部署方式如下图所示。",
        "本项目的数据归集共享指标为：",
        "归集共享数据。",
    ],
)
def test_what_tells_nothing_by_itself(text: str) -> None:
    assert not tells(passage(text))


@pytest.mark.parametrize(
    "text",
    [
        "图4-1为总体架构，分前端感知、接入、平台、应用四层，平台层复用一期的三个中心。",
        "表3-2所列指标由区城管局每季度考核，数据取自业务系统办件记录。",
        "（1）2022年12月前归集数据68项到公共数据平台",
        "1）2022年9月前开通全部21个科室线上复诊；",
        "详见附件3的归集清单共68项，由局信息科按日向公共数据平台推送。",
        "平台每日向公共数据平台归集办件和证照两类数据",
    ],
)
def test_what_tells_something(text: str) -> None:
    assert tells(passage(text))


def test_a_head_of_a_table_is_no_row_of_it() -> None:
    assert not tells(passage("任务 | 2022年底 | 2023年8月", PassageKind.ROW, 0))
    assert tells(passage("接入车位 | 1.6万个 | 2.74万个", PassageKind.ROW, 1))
    assert tells(passage("归集安排 | 办件、证照两类数据按日归集到公共数据平台", PassageKind.ROW, 0))
    assert not tells(passage("数据归集与共享交换设计", PassageKind.TITLE))


def test_dimensions_quote_sentences_and_rows_only() -> None:
    header = "拱墅区甲应用归集共享建设方案"
    told = "平台每日向公共数据平台归集办件和证照两类数据，目录共68项。"
    copied = f"《{policy().title}》第十七条要求数据归集、共享到公共数据平台。"
    paper = plan(
        [header],
        ("6.1", "数据归集", header, "图6-1 数据归集和共享交换流程图", "归集共享目录见表6-1。", told),
        (
            "6.3",
            "共享",
            header,
            copied,
            "表6-1 数据归集目录",
            table(["数据", "归集频率"], ["办件数据", "每日归集共享"]),
        ),
    )
    found = {d.name: [e.quote for e in d.quotes] for d in dimensions(Context(policy(), submission(paper)), [])}
    assert found["数据归集"] == [told, "办件数据 | 每日归集共享"]
    assert not {header, copied} & {quote for quotes in found.values() for quote in quotes}
    page = "甲局归集共享数据到公共数据平台，目录齐全。"  # a header that the file names and the text repeats once
    blocks = (*paper.document.blocks, Paragraph(page))
    for headers, there in (((), True), ((page,), False)):
        named = replace(paper, document=replace(paper.document, headers=headers, blocks=blocks))
        section = replace(paper.sections[-1], end=len(blocks))
        named = replace(named, sections=(*paper.sections[:-1], section))
        found = {d.name: [e.quote for e in d.quotes] for d in dimensions(Context(policy(), submission(named)), [])}
        assert (page in found["数据归集"]) is there
