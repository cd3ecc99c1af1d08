"""A resubmission beside the earlier one: what became of the findings, and what was changed though nobody asked."""

from __future__ import annotations

from api.comparison import compare


def _finding(number: str, severity: str = "warning", quote: str = "", **more):
    evidence = [{"quote": quote}] if quote else []
    told = {"rule": "CON-SUM", "title": "概算计算有误", "message": "", "suggestion": "", "target": "", "template": ""}
    return {**told, "id": number, "severity": severity, "evidence": evidence, **more}


def _report(findings, total="186.5万元", functions=()):
    value = float(total.removesuffix("万元"))
    fact = {"key": "total_wan", "scope": "总投资", "value": value, "as_written": total}
    return {"findings": findings, "facts": [fact], "functions": [{"name": n, "text": t} for n, t in functions]}


def _read(*rows):
    return [{"blocks": [{"rows": [[[text, 1, 1] for text in row] for row in rows]}, {"text": "段落"}]}]


BUDGET = (("序号", "内容", "金额（万元）"), ("1", "机柜", "3.4"), ("2", "软件开发", "100"), ("3", "培训", "5"))


def test_findings_are_fixed_open_worse_or_new():
    old = [_finding("a"), _finding("b", title="缺项"), _finding("c", "notice", title="提示"), _finding("d", title="旧")]
    new = [_finding("b", title="缺项"), _finding("c", "blocker", title="提示"), _finding("e", title="新")]
    found = compare(_report(old), _report(new), _read(), _read())
    assert [f["id"] for f in found.fixed] == ["a", "d"]
    assert [f["id"] for f in found.open] == ["b"]
    assert [f["id"] for f in found.worse] == ["c"]
    assert [f["id"] for f in found.new] == ["e"]


def test_a_finding_that_only_reads_otherwise_is_still_open():
    found = compare(_report([_finding("a")]), _report([_finding("z")]), _read(), _read())
    assert [f["id"] for f in found.open] == ["z"]
    assert not found.fixed
    assert not found.new


def test_changes_of_money_nobody_asked_for_come_first():
    asked = [_finding("a", quote="1 | 机柜 | 3.4")]
    after = (BUDGET[0], ("1", "机柜", "0"), ("2", "软件开发", "130"), ("4", "监理", "2"))
    old = _report(asked, functions=[("受理", "受理：登记")])
    new = _report([], "189万元", [("受理", "受理：登记和派单"), ("大屏", "大屏：展示")])
    changes = compare(old, new, _read(*BUDGET), _read(*after)).changes
    assert [(c.what, c.asked) for c in changes] == [
        ("概算行“软件开发”", False),
        ("概算行“培训”", False),
        ("概算行“监理”", False),
        ("投资金额", True),  # a sum that does not add up may be answered by another total
        ("概算行“机柜”", True),
        ("建设内容“受理”", False),
        ("建设内容“大屏”", False),
    ]
    assert changes[0].before == "100"
    assert changes[0].after == "130"
    assert changes[1].after == "（已删）"


def test_a_list_without_money_has_no_amounts():
    listed = (("序号", "功能", "楼栋单元"), ("1", "登记", "3"))
    assert not compare(_report([]), _report([]), _read(*listed), _read(listed[0])).changes
