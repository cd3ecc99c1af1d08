"""Word files of whole submissions, written for the tests of the package."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

CHAPTERS = {
    "一、项目的基本概述": {
        "（一）项目名称": "{title}。",
        "（二）项目性质": "本项目为新建项目。",
        "（三）编制依据": "《拱墅区政府投资信息化项目管理暂行办法》（拱政办发〔2021〕12号）。",
        "（四）建设目标、规模、周期": "建成一套系统，服务60名网格员和1.2万户居民，建设周期2022年1月至2022年10月。",
        "（五）建设内容清单": "建设登记、巡查、统计三个模块，采购终端40台。",
        "（六）总投资金额及来源": "项目总投资100万元，全部为区财政资金。",
        "（七）经济及社会效益": "办理时间由5天缩短至1天，每年节约人工成本12万元。",
    },
    "二、现状、必要性和需求分析": {
        "（一）现状": "现由人工登记台账，18个社区表格不一，统计一次需要3天，每月约400份。",
        "（二）项目建设的必要性": {
            "1.必要性分析": "人工登记差错率约5%，居民反复提交材料，投诉每年30余件，亟需统一登记。",
            "2.可行性分析": "登记和巡查技术成熟，已在两个社区试点半年，接口已书面同意。",
            "3.建设依据": "区政府2021年第14次常务会议纪要第三项明确由区甲局牵头建设。",
        },
        "（三）需求分析": {
            "1.服务对象和服务范围": "服务全区60名网格员和1.2万户居民。",
            "2.业务需求": "登记、巡查、派单、反馈、统计五个环节全部在线办理。",
            "3.功能与性能需求": "{functions}",
            "4.与已有系统的关系分析": "与区公共数据平台对接，复用统一认证组件，无相近系统。",
            "5.安全需求分析": "系统按网络安全等级保护第二级建设，日志保存不少于六个月。",
        },
    },
    "三、项目的建设目标与内容": {
        "（一）建设思路": "统一登记、分级巡查、数据回流，先试点后推广。",
        "（二）目标任务": "上线后三个月内登记覆盖率由40%提高到98%，由区甲局按季考核。",
    },
    "十四、社会与经济效益分析": {
        "（一）社会效益": "居民少跑腿，平均办理时间由5天缩短至1天。",
        "（二）经济效益": "每年节约人工成本12万元。",
    },
    "十五、项目的投资概算": {
        "（一）投资概算的有关说明": "软件开发按三家询价的平均值计列。",
        "（二）总投资概算明细汇总表": "{budget}",
        "（三）系统运行维护后续资金概算": "质保期后每年运维费8万元，列入单位年度预算。",
        "（四）资金来源与落实": "全部由区财政资金安排，分两个年度支付。",
    },
}
SYSTEMS, ROWS = 150, 1000  # of a large plan
TITLE = "拱墅区甲智慧登记应用建设项目"
BUDGET = (
    ("名称", "数量", "单价（万元）", "金额（万元）"),
    ("登记模块", "1", "60", "60"),
    ("终端", "40", "1", "40"),
    ("合计", "", "", "100"),
)


def plan(path: Path, title: str = TITLE, date: str = "2022年1月", unit: str = "拱墅区甲局", **texts: str) -> Path:
    """A whole plan; `texts` replace the text under headings, by a part of the heading; "" leaves it empty."""
    made = Document()
    for line in (title, "建设方案", f"申报单位：{unit}", f"编制日期：{date}"):
        made.add_paragraph(line)
    _level(made, CHAPTERS, 1, {"title": title, "functions": "登记、巡查、统计三个模块，一般查询不超过3秒。"}, texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    return path


def large_plan(path: Path) -> Path:
    """A plan of some 300 pages with SYSTEMS sub-systems, and a list of ROWS rows behind it."""
    made = Document(str(plan(path)))
    made.add_heading("五、应用系统设计", 1)
    for i in range(SYSTEMS):
        made.add_heading(f"5.{i + 1} 第{i}个子系统", 2)
        for j in range(6):
            made.add_paragraph(f"{j + 1}）模块{i}-{j}")
            made.add_paragraph(f"本模块面向{i * 7 + j}名网格员提供登记、巡查、派单服务，办理时间不超过{j + 1}天。" * 6)
    made.add_heading("附件1 功能清单", 1)
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{t}{i}</w:t></w:r></w:p></w:tc>' for t in '号模功说')}</w:tr>"
        for i in range(ROWS)
    )
    made.element.body.insert(len(made.element.body) - 1, parse_xml(f"<w:tbl {nsdecls('w')}>{rows}</w:tbl>"))
    made.save(str(path))
    return path


def _level(made, parts, level, values, texts):
    for heading, body in parts.items():
        made.add_heading(heading, level)
        own = next((text for key, text in texts.items() if key in heading), None)
        if own is not None and not isinstance(body, dict):
            for line in own.splitlines():
                made.add_paragraph(line)
        elif isinstance(body, dict):
            _level(made, body, level + 1, values, texts)
        elif body == "{budget}":
            table(made, BUDGET)
        else:
            made.add_paragraph(body.format(**values))


def table(made, rows):
    """A table of texts in a made document."""
    grid = made.add_table(rows=len(rows), cols=max(len(r) for r in rows))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            grid.cell(r, c).text = text
    return grid


def form(path: Path, head: str = "拱墅区政府投资信息化项目申报表", title: str = TITLE, **more: str) -> Path:
    """A form of label and value; `more` are further fields."""
    fields = {
        "项目名称": title, "申报单位": "拱墅区甲局", "项目性质": "☑新建 □扩建 □改建", "所属领域": "数字社会",
        "项目总投资（万元）": "100", "建设周期": "2022年1月至2022年10月", "资金来源": "区财政", "是否涉密": "□是 ☑否", **more,
    }  # fmt: skip
    return paper(path, head, [list(pair) for pair in fields.items()])


def paper(path: Path, *blocks: str | list[list[str]]) -> Path:
    """Any paper: texts become paragraphs, lists of rows tables."""
    made = Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
        else:
            table(made, block)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    return path
