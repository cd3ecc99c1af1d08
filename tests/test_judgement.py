"""The judge of the negative list, with the real model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from conftest import need

from analyzers import (
    charged_twice,
    neg_1_rooms,
    neg_2a_goals,
    neg_2b_same,
    neg_2d_sharing,
    neg_3_unified,
    neg_4_acceptance,
    registry,
)
from analyzers.context import Context
from corpus.policies import load_policy
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import Evidence, Severity
from models.domain.outline import Section
from models.domain.register import System
from models.domain.submission import (
    Budget,
    BudgetLine,
    Fact,
    Field,
    Kind,
    LineKind,
    PassageKind,
    Submission,
    SubmittedDocument,
)
from models.e5.convert import JUDGE, default_folder
from models.embedder import load_embedder
from models.judgement import Judge, Verdict
from models.passages import passages
from models.suspicion import Suspicion, at_length, suspicions

SAMPLES = Path(__file__).parent.parent / "corpus/policies/gongshu-2021/samples"


@pytest.fixture(scope="module")
def policy():
    return load_policy("gongshu-2021")


@pytest.fixture(scope="module")
def judge(policy):
    need(default_folder(JUDGE).exists(), "the sentence model", "make demo sets it up", in_ci=True)
    return Judge(policy.lexicon, policy.field_words, load_embedder(default_folder(JUDGE)))


def plan(*blocks: Paragraph | Table | str) -> SubmittedDocument:
    made = tuple(Paragraph(b) if isinstance(b, str) else b for b in blocks)
    document = Document("方案.docx", "docx", "", (Paragraph("七、主机"), *made))
    return SubmittedDocument(
        document, Kind.PLAN, (Section(0, "七、", "主机", 1, None, 0, 1, len(made) + 1, template=("7.1",)),)
    )


def submission(*blocks, **more) -> Submission:
    placed = plan(*blocks)
    return Submission("例", (placed,), passages=passages(placed), **more)


def raised(held) -> set[str]:
    return {s.rule for s in held}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("拟将三楼会议室改造为设备间，放置机柜8组和精密空调2台。", "NEG-1"),
        ("具体需求和考核指标尚未梳理，待中标单位进场后再行确定。", "NEG-2A"),
        ("后台多人共用一个管理员账号，口令长期不作修改。", "NEG-2C"),
        ("数据归承建单位所有，其他部门使用须按次付费。", "NEG-2D"),
        ("省厅已明确由省级统一建设，明年起各地停用自建系统。", "NEG-3"),
        ("一期至今未通过终验，仍在整改中，拟与本期合并验收。", "NEG-4"),
    ],
)
def test_plain_faults_are_held_against_the_plan(judge, text, rule):
    held = suspicions(submission("本章说明主机系统。" + text), judge)
    assert rule in raised(held)
    assert any(text[:10] in s.passage.evidence.quote for s in held if s.rule == rule)


@pytest.mark.parametrize(
    "text",
    [
        "本项目不新建机房，全部部署在区政务云。",
        "办法第八条规定，新建或扩建机房的项目原则上不得建设。",
        "一期已于2020年12月通过终验，验收意见见附件。",
        "经书面征询，省、市均无统一建设的安排。",
        "数据按目录实时归集至公共数据平台，源代码在终验前归集。",
        "身份证号加密存储，日志保存不少于六个月，上线前完成等保测评。",
        "系统采用微服务架构，前后端分离，支持按需扩展。",
    ],
)
def test_harmless_sentences_are_silent(judge, text):
    assert not suspicions(submission(text), judge)


def test_what_the_next_sentence_takes_back_is_weaker(judge):
    alone = suspicions(submission("有科室提出将三楼会议室改造为机房，放置机柜8组。"), judge)
    taken_back = suspicions(
        submission("有科室提出将三楼会议室改造为机房，放置机柜8组。经研究，该建议未予采纳。"), judge
    )
    assert "NEG-1" in raised(alone)
    assert "NEG-1" not in raised(taken_back)


def test_a_silence_is_undone_by_a_but(judge):
    assert judge.silenced("NEG-4", "该系统与本项目无关。")
    assert not judge.silenced("NEG-4", "该系统与本项目无关，但本期沿用其模块。")
    assert not judge.silenced("NEG-3", "上级暂无统建安排；另查省厅同名系统已开标。")
    assert judge.silenced("NEG-4", "园区一期未交付验收，企业先入驻。")
    assert not judge.silenced("NEG-4", "园区一期信息化项目未验收。")


def test_the_head_of_a_table_states_nothing_even_below_its_caption():
    class Sure:
        rules: ClassVar = {"NEG-2B": {"threshold": 0.5}}

        def judge(self, texts):
            return [(Verdict("NEG-2B", 0.99, gated=True, concepts=frozenset(), attributes=frozenset()),) for _ in texts]

    head = ("一期功能", "一期已实现的内容", "是否重新开发一期内容")
    rows = (("表2-18 对照表",), head, ("台账", "登记和查询", "重新开发"))
    table = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in rows))
    quotes = [s.passage.evidence.quote for s in suspicions(submission(table), Sure())]
    assert " | ".join(head) not in quotes
    assert "台账 | 登记和查询 | 重新开发" in quotes
    given_up = (("减掉的功能", "项数", "理由"), ("自建短信、自建签章", "2", "区级平台已有"))
    table = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in given_up))
    assert not suspicions(submission(table), Sure())


def test_rows_and_fields_are_judged(judge):
    table = Table(((Cell("验收情况", 0), Cell("一期未通过终验，仍在整改", 1)),))
    field = Field(
        "上期项目验收情况",
        "未通过终验，整改中",
        "acceptance",
        Evidence("表.docx", "上期项目验收情况 | 未通过终验，整改中"),
    )
    held = suspicions(submission(table, fields=(field,)), judge)
    kinds = {s.passage.kind for s in held if s.rule == "NEG-4"}
    assert kinds == {PassageKind.ROW, PassageKind.FIELD}


def test_same_text_same_score_whatever_stands_beside_it(judge):
    text = "拟将三楼会议室改造为设备间，放置机柜8组。"
    alone = judge.judge([text])[0]
    among = judge.judge(["系统部署在政务云。", text, "一期未终验。"])[1]
    assert alone == among


def test_pack_samples_number_and_hold(judge, policy):
    for path in sorted(SAMPLES.glob("NEG-*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        assert len(data["fails"]) >= 10, path
        assert len(data["passes"]) >= 10, path


def line(name: str, amount: float) -> BudgetLine:
    return BudgetLine(name, LineKind.ITEM, amount, None, None, "", Evidence("概算.xlsx", f"{name} | {amount}"))


def test_budget_betrays_a_room(policy):
    budget = Budget(
        "概算.xlsx", "万元", (line("42U机柜", 3.0), line("精密空调", 9.0), line("UPS主机", 8.0), line("软件开发", 50.0))
    )
    context = Context(policy, submission("应用部署在政务云。", budgets=(budget,)), suspicions=())
    (found,) = neg_1_rooms.check(context)
    assert found.severity is Severity.BLOCKER
    assert found.amount_wan == pytest.approx(20.0)
    assert not found.main_content
    assert len(found.evidence) == 3


def test_a_row_that_is_cut_with_others_is_not_asked_about_once_more(policy):
    rows = (line("42U机柜", 3.0), line("精密空调", 9.0), line("UPS主机", 8.0), line("软件开发", 50.0))
    made = submission(*(row.evidence.quote for row in rows), budgets=(Budget("概算.xlsx", "万元", rows),))
    held = tuple(
        Suspicion("NEG-1", passage, 0.9, frozenset({"rack"}), frozenset())
        for passage in made.passages
        if passage.text.startswith(("42U机柜", "软件开发"))
    )
    found = list(neg_1_rooms.check(Context(policy, made, suspicions=held)))
    assert [len(f.evidence) for f in found if "42U机柜" in f.evidence[0].quote] == [3]
    assert len(found) == len(held)  # the other row stands alone


def test_like_for_like_equipment_is_no_room(policy):
    budget = Budget("概算.xlsx", "万元", (line("UPS电池更换", 3.0), line("精密空调维保", 1.0)))
    assert not list(neg_1_rooms.check(Context(policy, submission("…", budgets=(budget,)), suspicions=())))


def test_goals_without_figures(policy):
    document = Document(
        "方案.docx", "docx", "", (Paragraph("（二）目标任务"), Paragraph("显著提升服务水平，全面增强群众获得感。"))
    )
    placed = SubmittedDocument(
        document, Kind.PLAN, (Section(0, "（二）", "目标任务", 2, None, 0, 1, 2, template=("3.2",)),)
    )
    vague = Submission("例", (placed,), passages=passages(placed))
    assert [f.rule for f in neg_2a_goals.check(Context(policy, vague, suspicions=()))] == ["NEG-2A"]


def test_hearsay_is_a_warning(judge, policy):
    made = submission("据悉省厅可能统一建设同类平台，各地不再自建，尚未见到正式文件。")
    held = suspicions(made, judge)
    found = list(neg_3_unified.check(Context(policy, made, suspicions=held)))
    assert all(f.severity is Severity.WARNING and f.measure == "会商" for f in found)


def test_acceptance_finding_names_its_clause_and_measure(judge, policy):
    made = submission("一期至今未通过终验，仍在整改中，拟与本期合并验收。")
    (found,) = neg_4_acceptance.check(Context(policy, made, suspicions=suspicions(made, judge)))
    assert "第八条" in found.clause.ref
    assert found.measure == "暂缓"
    assert found.evidence[0].paragraph == 1


def test_every_analyzer_is_registered_and_has_a_manual():
    folder = Path(registry.__file__).parent
    modules = {p.stem for p in folder.glob("*.py") if "\ndef check(" in p.read_text("utf-8")}
    assert modules == {a.__name__.rpartition(".")[2] for a in registry.ANALYZERS}
    for analyzer in registry.ANALYZERS:
        for heading in ("检查什么", "为什么", "示例", "局限"):
            assert heading in (analyzer.__doc__ or ""), analyzer.__name__


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("将三楼阅览室腾空改造为机房，安装机柜8组和精密空调两台。", Severity.BLOCKER),
        ("依据公安专网建设规定（杭公〔2020〕31号）要求，在局内建设专网机房一间，安装机柜4组。", Severity.WARNING),
        ("机房内原有UPS和精密空调到期，本期原位等量更换，不增加机柜数量和供电容量。", Severity.NOTICE),
    ],
)
def test_grounds_and_quantity_weigh_a_room(policy, text, severity):
    made = submission(text)
    passage = made.passages[-1]
    held = Suspicion("NEG-1", passage, 0.9, frozenset({"room", "rack"}), frozenset())
    (found,) = neg_1_rooms.check(Context(policy, made, suspicions=(held,)))
    assert found.severity is severity


def follow_up(*texts: str, **more) -> Submission:
    made = submission(*texts)
    place = made.passages[0].evidence
    facts = tuple(Fact(k, v, v, "", place) for k, v in {"unit": "拱墅区城市管理局", "nature": "扩建"}.items())
    return replace(made, facts=facts, **more)


class Rows:
    """A register of given rows."""

    def __init__(self, *rows: System) -> None:
        self._rows = rows
        self.size, self.sha256 = len(rows), ""

    def units(self) -> tuple[str, ...]:
        return tuple({s.unit for s in self._rows})

    def of_units(self, units) -> tuple[System, ...]:
        return tuple(s for s in self._rows if s.unit in units)

    def near(self, title, functions, top=20):
        return ()


def phase_one(acceptance: str) -> Rows:
    return Rows(
        System(
            "S1", "街面管理平台", "杭州市拱墅区城市管理局", "区", "在用", acceptance=acceptance,
            former_names=("街面一点通",),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("acceptance", "text", "severity"),
    [
        ("未终验", "本期在“街面一点通”基础上升级，扩展到十个街道。", Severity.BLOCKER),
        ("仅初验", "“街面一点通”已于2020年通过终验，本期在其基础上扩建。", Severity.WARNING),
        ("已通过终验", "本期在“街面一点通”基础上升级，扩展到十个街道。", None),
        ("未终验", "他区的街面管理做法可供参考，本期扩展到十个街道。", None),
    ],
)
def test_the_register_knows_an_unaccepted_first_phase_by_its_former_name(policy, acceptance, text, severity):
    context = Context(policy, follow_up(text), register=phase_one(acceptance), suspicions=())
    found = [f for f in neg_4_acceptance.check(context) if f.severity is not Severity.NOTICE]
    assert [f.severity for f in found] == ([severity] if severity else [])


def test_a_follow_up_that_is_silent_on_acceptance_is_a_notice(policy):
    silent = follow_up("一期建成三个模块，本期扩展到十个街道。")
    (found,) = neg_4_acceptance.check(Context(policy, silent, suspicions=()))
    assert found.severity is Severity.NOTICE
    told = follow_up("一期建成三个模块并通过终验，本期扩展到十个街道。")
    assert not list(neg_4_acceptance.check(Context(policy, told, suspicions=())))


def test_a_part_that_is_alike_is_a_warning(policy):
    made = submission("区商务局系统已有其中两个模块，本项目仍自行开发这部分功能。")
    held = Suspicion("NEG-2B", made.passages[-1], 0.9, frozenset(), frozenset())
    (found,) = neg_2b_same.check(Context(policy, made, suspicions=(held,)))
    assert found.severity is Severity.WARNING


def test_a_function_charged_twice_is_asked_about(policy):
    def dev(name: str, told: str, amount: float) -> BudgetLine:
        evidence = Evidence("概算.xlsx", f"{name} | {told} | {amount}")
        return BudgetLine(name, LineKind.ITEM, amount, None, None, "软件开发", evidence)

    lines = (
        dev("告警推送服务开发", "按规则推送短信和站内信", 9.8),
        dev("预警消息推送模块", "按规则推送短信、站内信", 8.6),
        dev("巡查任务模块", "按网格派发巡查任务并记录结果", 7.0),
    )
    made = submission("…", budgets=(Budget("概算.xlsx", "万元", lines),))
    (found,) = charged_twice.check(Context(policy, made, suspicions=()))
    assert found.severity is Severity.WARNING
    assert found.amount_wan == pytest.approx(8.6)
    assert len(found.evidence) == 2


@pytest.mark.parametrize(("target", "raised_too"), [("1天", ["NEG-2A"]), ("3天", [])])
def test_goals_of_form_and_plan_are_compared(policy, target, raised_too):
    goal = Field("绩效目标", f"建成一年后平均办理时长由5天降到{target}", "goals", Evidence("申报表", "…"))
    made = submission("建成一年后平均办理时长由5天降到3天，数据取自办件库。", fields=(goal,))
    assert [f.rule for f in neg_2a_goals.check(Context(policy, made, suspicions=()))] == raised_too


@pytest.mark.parametrize(("when", "count"), [("2021年12月20日", 1), ("2021年5月20日", 0)])
def test_an_acceptance_after_the_papers_own_date_cannot_be(policy, when, count):
    made = follow_up("编制日期：2021年9月10日", f"一期已于{when}通过终验，本期在其基础上扩建。")
    found = list(neg_4_acceptance.check(Context(policy, made, suspicions=())))
    assert len(found) == count


def test_data_gathered_wholly_and_never(policy):
    made = submission("本单位业务数据已全部归集到区公共数据平台。", "现有8张业务表至今没有编目，也从未归集过。")
    (found,) = neg_2d_sharing.check(Context(policy, made, suspicions=()))
    assert len(found.evidence) == 2


def test_without_the_taught_encoder_the_words_judge_alone_and_the_report_says_so(policy, tmp_path, monkeypatch):
    from api.settings import Settings
    from api.wiring import NEGATIVE_RULES, assemble

    bench = assemble(Settings(models=tmp_path, home=tmp_path))
    assert any("只按词句" in told.what and told.rules == NEGATIVE_RULES for told in bench.lacking)
    made = submission("将三楼阅览室腾空改造为机房，安装机柜8组、精密空调两台和UPS。")
    assert "NEG-1" in raised(suspicions(made, bench.judge))


def goals_table(*rows: tuple[str, ...]) -> Submission:
    table = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in rows))
    document = Document("方案.docx", "docx", "", (Paragraph("（二）目标任务"), table))
    placed = SubmittedDocument(document, Kind.PLAN, (Section(0, "", "目标任务", 2, None, 0, 1, 2, template=("3.2",)),))
    return Submission("例", (placed,), passages=passages(placed))


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (("按期整改率", "现状92%", "目标85%", "2025年12月"), True),
        (("按期整改率", "现状85%", "目标92%", "2025年12月"), False),
        (("投诉退回率", "现状12%", "目标5%", "2025年12月"), False),
    ],
)
def test_a_target_below_today_is_asked_about(policy, row, asked):
    found = list(neg_2a_goals.check(Context(policy, goals_table(row), suspicions=())))
    assert bool(found) is asked


def test_an_empty_column_of_targets_is_asked_about(policy):
    head = ("指标", "现状值", "目标值", "考核时点")
    empty = goals_table(head, ("办理时长", "5天", "/", "2025年"), ("一次办结率", "60%", "", "2025年"))
    (found,) = neg_2a_goals.check(Context(policy, empty, suspicions=()))
    assert "目标值一栏" in found.message
    filled = goals_table(head, ("办理时长", "5天", "3天", "2025年"), ("一次办结率", "60%", "/", "2025年"))
    assert not list(neg_2a_goals.check(Context(policy, filled, suspicions=())))


def test_a_long_plan_must_show_more():
    assert at_length(0.8, 100) == pytest.approx(0.8)
    assert 0.97 < at_length(0.8, 2500) < 0.98
