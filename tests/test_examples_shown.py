"""The judged pairs that come nearest on either side of the line, where a system is taken for the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from form_samples import policy
from report_samples import sample_report

from analyzers import duplicates
from analyzers.conclusion import conclude
from analyzers.context import Context
from api.papers.making import NEAR, NOTICE, OPINION, Matter, make
from api.reports import phrases
from api.reports.html import render
from api.reports.json import as_object
from models.domain.finding import Evidence
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.report import Example, Report
from models.domain.submission import Fact, Function, Submission
from models.likeness import FEATURES, load_decision, shipped

SAME, OTHER = Example(True, "甲项目", "甲系统", ()), Example(False, "乙项目", "乙系统", ())


def shown() -> Report:
    report = sample_report()
    own = dict.fromkeys(FEATURES, 0.5) | {"whole": 0.8, "near": 0.75}
    sides = (
        replace(SAME, features=tuple((own | {"whole": 0.7, "near": 0.1}).items())),
        replace(OTHER, features=tuple((own | {"whole": 0.1, "near": 0.7}).items())),
    )
    return replace(report, duplicates=(replace(report.duplicates[0], features=tuple(own.items()), examples=sides),))


def test_a_report_names_both_with_their_features() -> None:
    (near,) = as_object(shown())["duplicates"]
    assert [(e["same"], e["proposal"], e["system"]) for e in near["examples"]] == [
        (True, "甲项目", "甲系统"), (False, "乙项目", "乙系统"),
    ]  # fmt: skip
    assert near["features"]["whole"] == 0.8
    assert near["examples"][0]["features"]["whole"] == 0.7
    page = render(shown()).decode()
    for words in ("判定为相近：甲项目 与 甲系统", "判定为不相近：乙项目 与 乙系统", "<td>75%</td>", "<td>0.70</td>"):
        assert words in page
    assert "已判定实例" not in render(sample_report()).decode()


@pytest.mark.parametrize("kind", [OPINION, NEAR, NOTICE])
def test_papers_people_sign_show_the_two_sides_words_only(kind: str) -> None:
    text = make(kind, Matter(shown(), policy())).text()
    assert "已判定" not in text
    assert "甲系统" not in text
    if kind != NOTICE:
        assert "摊位管理 —— 摊位档案" in text


def test_the_nearest_is_one_of_its_side_and_itself_where_it_is_known() -> None:
    known, decision = shipped(), load_decision().same
    assert set(known.same.tolist()) == {True, False}
    assert known.features.shape == (len(known.systems), len(FEATURES))
    for same in (True, False):
        number = int(known.same.tolist().index(same))
        found = known.nearest(known.features[number].tolist(), decision, same=same)
        assert found is not None
        assert known.same[found] == same
        assert known.features[found] == pytest.approx(known.features[number], abs=1e-3)


def test_the_analyzer_decides_once_and_shows_examples_with_a_verdict_only(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("摊位登记", "票证上传", "快检公示", "溯源查询", "摊主评分")
    functions = tuple(Function(name, name, Evidence("建设方案.docx", name)) for name in names)
    matches = tuple(FunctionMatch(f, f.name, 0.9, "semantic", same=True) for f in functions)
    features = tuple(shipped().features[0].tolist())
    made = [
        Candidate(System(n, n, "区商务局", "区", "在用"), score, 0.5, 1.0, matches, mainly=0.9, features=features)
        for n, score in (("S1", 0.99), ("S2", 0.1))
    ]
    context = Context(policy(), Submission("例", (), functions=functions), candidates=tuple(made))
    asked: list[str] = []
    real = duplicates._judge
    monkeypatch.setattr(duplicates, "_judge", lambda *given: asked.append(given[1].system.id) or real(*given))
    findings, near = list(duplicates.check(context)), duplicates.compare(context)
    assert asked == ["S1", "S2"]
    assert [f.target for f in findings] == ["S1"]
    assert [(d.verdict, [e.same for e in d.examples]) for d in near] == [("duplicate", [True, False]), ("related", [])]
    assert set(phrases.FEATURES) <= {name for name, _ in near[0].features}


def test_of_a_higher_levels_unsure_systems_the_nearest_is_asked_about() -> None:
    names = ("摊位登记", "票证上传", "快检公示", "溯源查询", "摊主评分")
    functions = tuple(Function(name, name, Evidence("建设方案.docx", name)) for name in names)
    matches = tuple(FunctionMatch(f, f.name, 0.9, "semantic", same=True) for f in functions)
    features = tuple(shipped().features[0].tolist())
    asked, less = duplicates.ASKED + 0.02, duplicates.ASKED + 0.01
    rows = (("S1", "市", less), ("S2", "市", asked), ("S3", "区", less), ("S4", "市", 0.9), ("S5", "区", 0.2))
    made = tuple(
        Candidate(
            System(n, n, f"{level}商务局", level, "在用"), score, 0.5, 1.0, matches, mainly=0.9, features=features
        )
        for n, level, score in rows
    )
    near = duplicates.compare(Context(policy(), Submission("例", (), functions=functions), candidates=made))
    told = {d.system_id: d.verdict for d in near}
    assert told == {"S1": "related", "S2": "overlap", "S3": "overlap", "S4": "overlap", "S5": "related"}
    assert all(bool(d.examples) == (d.verdict != "related") for d in near)


@pytest.mark.parametrize(("unit", "told"), [("拱墅区市场监督管理局", "S1"), ("拱墅区人民医院", "S2")])
def test_among_them_the_own_line_of_departments_comes_first(unit: str, told: str) -> None:
    names = ("摊位登记", "票证上传", "快检公示", "溯源查询", "摊主评分")
    functions = tuple(Function(name, name, Evidence("建设方案.docx", name)) for name in names)
    matches = tuple(FunctionMatch(f, f.name, 0.9, "semantic", same=True) for f in functions)
    features = tuple(shipped().features[0].tolist())
    rows = (("S1", "市市场监督管理局", 0.01), ("S2", "市自然资源局", 0.02))
    made = tuple(
        Candidate(
            System(n, n, of, "市", "在用"), duplicates.ASKED + more, 0.5, 1.0, matches, mainly=0.9, features=features
        )
        for n, of, more in rows
    )
    fact = Fact("unit", unit, unit, "form", Evidence("申报表.docx", unit))
    given = Submission("例", (), functions=functions, facts=(fact,))
    near = duplicates.compare(Context(policy(), given, candidates=made))
    assert [d.system_id for d in near if d.verdict == "overlap"] == [told]


def test_two_systems_that_rest_on_the_same_words_are_both_named_and_both_get_their_measure() -> None:
    names = ("摊位登记", "票证上传", "快检公示", "溯源查询", "摊主评分")
    functions = tuple(Function(name, name, Evidence("建设方案.docx", "、".join(names))) for name in names)
    matches = tuple(FunctionMatch(f, f.name, 0.9, "semantic", same=True) for f in functions)
    features = tuple(shipped().features[0].tolist())
    made = tuple(
        Candidate(System(n, n, f"{level}商务局", level, "在用"), 0.9, 0.5, 1.0, matches, mainly=0.2, features=features)
        for n, level in (("集市通", "区"), ("菜篮子", "市"))
    )
    context = Context(policy(), Submission("例", (), functions=functions), candidates=made)
    (found,), near = list(duplicates.check(context)), duplicates.compare(context)
    assert [d.verdict for d in near] == ["overlap", "overlap"]
    assert all(f"“{d.system_name}”功能相近" in found.message for d in near)
    conclusion, _ = conclude(context, (found,), near, ())
    assert {(m.kind, m.target) for m in conclusion.measures} == {("复用", "集市通"), ("会商", "菜篮子")}
    report = replace(sample_report(), findings=(found,), duplicates=near, conclusion=conclusion)
    text = make(OPINION, Matter(report, policy())).text()
    assert "复用“集市通”的已有能力，不再单独建设相近功能；就“菜篮子”征求有关部门意见后再定" in text
    assert f"与{''.join(f'“{d.system_name}”' for d in near)}功能相近，见本部分（四）" in text
    notice = make(NOTICE, Matter(report, policy())).text()
    assert not any(word in notice for word in ("集市通", "菜篮子", "商务局"))


def test_every_function_a_reason_counts_is_in_the_table() -> None:
    names = tuple(f"业务{first}{second}登记" for first in "甲乙丙丁" for second in "子丑寅卯辰")
    functions = tuple(Function(name, name, Evidence("建设方案.docx", name)) for name in names)
    matches = tuple(FunctionMatch(f, f.name, 0.9, "semantic", same=True) for f in functions)
    system = System("S1", "集市通", "区商务局", "区", "在用")
    features = tuple(shipped().features[0].tolist())
    made = (Candidate(system, 0.9, 0.5, 1.0, matches, mainly=0.9, features=features),)
    (near,) = duplicates.compare(Context(policy(), Submission("例", (), functions=functions), candidates=made))
    assert "（20项拟建功能中有20项）" in near.reason
    assert len(near.pairs) == len(names)
