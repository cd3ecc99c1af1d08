"""What page, paper and API alike say of a resubmission: items, differences in order, findings by what became of them."""

from __future__ import annotations

from dataclasses import replace

from test_answered import ROOM, finding, report, with_room
from test_changed import BUDGET, GOALS, PLAN, put
from test_papers import POLICY

from api.http.comparison import as_object
from api.papers.compared import Comparison, compare, differing, paired
from models.domain.finding import Severity
from models.domain.report import Report

OFTEN = "系统每日记录2次运行情况。"


def compared(old: Report, new: Report) -> Comparison:
    return compare(new, old, POLICY, differing(old, new))


def ids(found: dict, name: str) -> list[str]:
    return [one["id"] for one in found[name]]


def test_findings_are_paired_by_id_first_then_by_rule_item_and_title() -> None:
    one, other = finding("CON-SUM", "甲。"), finding("CON-SUM", "乙。")
    reworded, strange = finding("CON-SUM", "丙。"), finding("CON-SUM", "丁。", title="别的")
    assert paired([one, other], [other, reworded, strange]) == [(other, other), (one, reworded)]


def test_findings_are_told_by_what_became_of_the_items() -> None:
    room, lost = finding("NEG-1", ROOM, section=2), finding("CON-PERIOD", GOALS, section=1)
    light = finding("CON-UNIT", OFTEN, severity=Severity.NOTICE)
    stays, fresh = finding("CON-FACT", OFTEN), finding("CON-NAME", "新的。")
    heavy = replace(light, severity=Severity.WARNING)
    found = as_object(compared(report(with_room(), room, lost, light, stays), report(PLAN, heavy, stays, fresh)))
    assert ids(found, "fixed") == [room.id]
    assert ids(found, "unsure") == [lost.id]  # found no more, though its words stand as they were
    assert ids(found, "open") == [stays.id]
    assert ids(found, "worse") == [heavy.id]
    assert ids(found, "new") == [fresh.id]
    assert found["counts"] == {"asked": 4, "fixed": 1, "part": 0, "open": 2, "unsure": 1, "new": 1}
    assert [(i["state"], i["earlier"], i["findings"]) for i in found["items"] if i["mark"] == "二、1"] == [
        ("已补正", [room.id], [])
    ]


def test_amounts_nobody_asked_for_come_first_and_what_was_asked_for_last() -> None:
    asked = finding("CON-SUM", "2 | 统计模块开发 | 8.5", section=4, message="“统计模块开发”应为9.5，表列8.5。")
    rows = (BUDGET[0], ("1", "受理模块开发", "20"), ("2", "统计模块开发", "9.5"), BUDGET[3])
    new = [s if s[1] != "目标" else (*s[:3], GOALS.replace("。", "，并公开。")) for s in put(("三、", "概算", 1, rows))]
    found = compared(report(PLAN, asked), report(tuple(new)))
    told = as_object(found)["changes"]
    assert [(c["what"], c["money"], c["asked"], c["relation"]) for c in told] == [
        ("概算行改动", True, False, "未要求"),
        ("文字改动", False, False, "未要求"),
        ("概算行改动", True, True, "对应一、1"),
    ]
    assert [one.kind for one in found.unasked] == ["概算行改动", "文字改动"]
