"""Kinds of papers, 自筹, grounds, domains, splitting, costs out of scope, cuts and the advice; both ways."""

from dataclasses import replace

import pytest
from form_samples import document, form, plan, policy, submission, table

from analyzers import commitments, conclusion, investment, procedure, procedure_split
from analyzers.context import Context
from corpus.policies import load_policy
from corpus.policies.loader import pack_folder
from models.domain.document import Document, Paragraph
from models.domain.errors import PolicyError
from models.domain.finding import Severity
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.submission import Fact, Function, Kind, Submission, SubmittedDocument
from models.facts import summary

TITLE = "拱墅区甲智慧养老应用建设项目"
NEED = ("2.2.1", "必要性", "可减轻工作人员负担，提升公共服务能力。")


def context(*documents, **more):
    return Context(policy(), submission(*documents), **more)


def papers(head, kind=Kind.FORM, name="材料.docx"):
    return SubmittedDocument(document(head, table(["项目名称", TITLE], ["申报单位", "拱墅区甲局"]), name=name), kind)


@pytest.mark.parametrize(
    ("head", "kind", "way"),
    [
        ("信息化项目变更申请表", "变更", "转办"),
        ("政府投资信息化项目终验申请", "终验", "转办"),
        ("应用下架申请表", "下架", "转办"),
        ("自筹资金项目备案表", "自筹备案", "备案"),
    ],
)
def test_papers_of_another_kind_are_routed(head, kind, way):
    told = context(papers(head))
    assert summary(told.submission.facts).kind == kind
    (found,) = [f for f in procedure.check(told) if f.rule == "PRO-ROUTE"]
    assert found.measure == way
    advice, routing = conclusion.conclude(told, [found], (), ())
    assert advice.advice == "不予受理"
    assert [m.kind for m in advice.measures] == [way]
    assert routing.approval in {"转办", "备案"}


@pytest.mark.parametrize("head", ["政府投资信息化项目申报表", "股权变更申请系统建设项目申报表", "项目终验资料归档系统"])
def test_applications_are_reviewed(head):
    assert summary(context(papers(head)).submission.facts).kind == "新申报"


def test_an_attachment_does_not_route_the_plan():
    attached = papers("一期项目终验申请", Kind.ATTACHMENT, "附件1.docx")
    told = context(plan([TITLE], NEED), attached)
    assert summary(told.submission.facts).kind == "新申报"


def funded(unit, words):
    front = [TITLE, f"申报单位：{unit}"]
    sheet = form(["项目名称", TITLE], ["申报单位", unit], ["资金来源", words])
    return context(plan(front, ("1.6", "投资", f"总投资60万元，资金来源为{words}。"), NEED), sheet)


def test_money_of_its_own():
    assert summary(funded("拱墅区甲医院", "医院自筹").submission.facts).kind == "自筹备案"
    office = funded("拱墅区甲街道办事处", "单位自筹")
    assert summary(office.submission.facts).kind == "新申报"
    assert "PRO-SELF" in {f.rule for f in procedure.check(office)}
    mixed = funded("拱墅区甲医院", "财政资金30万元，医院自筹30万元")
    assert summary(mixed.submission.facts).kind == "新申报"
    assert "PRO-SELF" not in {f.rule for f in procedure.check(mixed)}


def test_the_ground_of_article_seven_is_quoted():
    order = "《2022年区政府重点工作任务清单》（拱政办〔2022〕3号）要求区甲局建设本应用。"
    told = context(plan([TITLE], NEED, ("2.2.3", "建设依据", order))).submission
    assert [(f.value, f.evidence.quote) for f in told.facts_of("ground")] == [("第七条（一）", order)]
    own = context(plan([TITLE], NEED, ("2.2.3", "建设依据", "属本单位自行提出的需求。"))).submission
    assert [f.value for f in own.facts_of("ground")] == ["第七条（二）"]
    none = context(plan([TITLE], ("2.2.1", "必要性", "本系统很有必要。")))
    assert "PRO-GROUND" in {f.rule for f in procedure.check(none)}


def domains(declared, said=""):
    front = plan([TITLE], ("1.1", "项目名称", TITLE + "。"), NEED, ("2.2.3", "建设依据", said))
    found = procedure.check(context(front, form(["项目名称", TITLE], ["所属领域", declared])))
    return [f.message for f in found if f.rule == "PRO-DOMAIN"]


def test_domain_declared_and_inferred():
    assert domains("数字社会") == []
    assert "数字社会" in domains("数字经济")[0]
    assert "前后不一" in domains("数字社会", "本项目属于数字政府领域。")[0]


def other(name, unit="区甲街道", coverage=0.2, total="4.6"):
    system = System("另一项目", name, unit, extra=(("total_wan", total),))
    return Candidate(system, 0.5, 0.3, coverage, (), "intake")


def split(candidate):
    front = ["垃圾分类督导应用（一）项目", "申报单位：拱墅区甲街道办事处"]
    papers = plan(front, ("1.6", "投资", "总投资4.8万元。"), NEED)
    return list(procedure_split.check(context(papers, candidates=(candidate,))))


def test_like_projects_of_one_unit_in_a_batch():
    (found,) = split(other("垃圾分类督导应用（二）项目"))
    assert found.severity is Severity.NOTICE
    assert "9.4万元" in found.message
    assert split(other("未来社区服务小程序", coverage=0.6))
    assert not split(other("未来社区服务小程序"))
    assert not split(other("垃圾分类督导应用（二）项目", unit="区乙街道"))
    assert not split(replace(other("垃圾分类督导应用（二）项目"), source="corpus"))


def costs(*rows, **changed):
    budget = table(["名称", "数量", "单价", "金额"], *[list(r) for r in rows], ["合计", "", "", "100"])
    told = context(plan([TITLE], NEED, ("15.2", "概算表", "单位：万元", budget)))
    return replace(told, policy=replace(told.policy, data={**told.policy.data, **changed}))


def test_costs_that_are_no_project_are_cut_line_by_line():
    told = costs(
        ("业务模块", "1项", "80", "80"), ("办公桌椅", "10套", "0.3", "3"), ("会议室装修", "1项", "9", "9"),
        ("标签打印机", "2台", "0.2", "0.4"), ("监理费", "1项", "7.6", "7.6"),
    )  # fmt: skip
    found = [*investment.check(told), *commitments.check(told)]
    assert {f.target for f in found if f.rule == "COM-OFFICE"} == {"办公桌椅", "会议室装修"}
    advice, _ = conclusion.conclude(told, found, (), ())
    cuts = {m.target: m.amount_wan for m in advice.measures if m.kind == "核减"}
    assert cuts == {"办公桌椅": 3.0, "会议室装修": 9.0, "监理费": 7.6}
    assert all(m.findings and "建议核减" in m.text for m in advice.measures)
    assert advice.advice == "建议进入评审"


def test_a_line_is_cut_once_and_several_lines_apart():
    told = costs(("机柜", "2组", "5", "10"), ("精密空调", "1台", "20", "20"))
    lines = [x for b in told.submission.budgets for x in b.lines[:2]]
    (office,) = investment.check(costs(("办公桌椅", "10套", "0.3", "3"), ("模块", "1项", "9", "9")))
    room = replace(office, rule="NEG-1", evidence=tuple(x.evidence for x in lines), amount_wan=30.0, target="机房")
    again = replace(room, rule="NEG-2B", evidence=(lines[0].evidence,), amount_wan=10.0, target="机柜")
    advice, _ = conclusion.conclude(told, [room, again], (), ())
    assert {m.target: m.amount_wan for m in advice.measures} == {"机柜": 10.0, "精密空调": 20.0}


def test_fee_tables_are_off_until_loaded(tmp_path):
    rows = (("业务应用开发", "20人月", "2.5", "50"), ("终端", "10台", "0.5", "5"))
    assert list(investment.check(costs(*rows))) == []
    folder = tmp_path / "pack"
    folder.mkdir()
    for file in pack_folder("gongshu-2021").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "budget.yaml").read_text("utf-8")
    item = "{words: [应用开发], unit: 人月, high_wan: %s}"
    table = "fee_tables: [{name: 人月单价, source: 甲文件, items: [" + item + "]}]"
    (folder / "budget.yaml").write_text(text.replace("fee_tables: []", table % "1.8"), "utf-8")
    loaded = load_policy(folder).data["fee_tables"]
    (found,) = investment.check(costs(*rows, fee_tables=loaded))
    assert found.rule == "COM-PRICE"
    assert found.amount_wan == pytest.approx(14.0)
    assert "甲文件" in found.message
    assert loaded[0]["sha256"][:12] in found.message
    (folder / "budget.yaml").write_text(text.replace("fee_tables: []", table % "-1"), "utf-8")
    with pytest.raises(PolicyError):
        load_policy(folder)


def test_formal_faults_alone_never_decline():
    told = context(plan([TITLE], NEED))
    (fault,) = investment.check(costs(("办公桌椅", "10套", "0.3", "3"), ("模块", "1项", "9", "9")))
    faults = [
        replace(fault, rule=f"SEC-{n}", severity=Severity.BLOCKER, main_content=True, target=str(n))
        for n in range(1, 9)
    ]
    advice, _ = conclusion.conclude(told, faults, (), ())
    assert advice.advice == "建议补正后再审"


def test_unread_files_where_the_form_is_lacking():
    whole = context(plan([TITLE], NEED)).submission
    lost = Context(policy(), replace(whole, not_read=(("申报表.pdf", "已加密"),)))
    advice, _ = conclusion.conclude(lost, [], (), ())
    assert advice.advice == "建议补正后再审"
    assert "申报表.pdf" in advice.reasons[0]
    fine, _ = conclusion.conclude(Context(policy(), whole), [], (), ())
    assert fine.advice == "建议进入评审"


def test_a_level_must_be_named():
    words = "系统由应用平台和数据接口组成，功能按模块建设，数据归集至公共数据平台，部署在政务云。" * 50

    def missing(said):
        body = plan([TITLE], ("2.3.5", "安全", said), ("5.1", "应用", words))
        told = Submission("例", (body,), passages=submission(body).passages, functions=(object(),))
        return "COM-LEVEL" in {f.rule for f in commitments.check(Context(policy(), told))}

    assert missing("系统按国家等级保护要求建设，服务于二级单位。")
    assert not missing("系统拟定级为网络安全等级保护第二级。")


def test_names_of_files_count_too():
    lone = SubmittedDocument(Document("甲项目终验申请.docx", "docx", "1", (Paragraph("甲"),)), Kind.ATTACHMENT)
    assert summary(context(lone).submission.facts).kind == "终验"


class Rows:
    """A register of given rows."""

    def __init__(self, *rows: System) -> None:
        self._rows, self.size, self.sha256 = rows, len(rows), ""

    def units(self):
        return tuple({s.unit for s in self._rows})

    def of_units(self, units):
        return tuple(s for s in self._rows if s.unit in units)

    def near(self, title, functions, top=20):
        return ()


@pytest.mark.parametrize(("price", "asked"), [("42.5万元", 1), ("425000元", 1), ("98", 0), ("待定", 0)])
def test_a_like_system_that_cost_far_less_is_asked_about(price, asked):
    told = costs(("软件开发", "1项", "100", "100"))
    system = System("S1", "老人助餐平台", "拱墅区乙局", "区", "在用", extra=(("合同金额", price),))
    functions = [Function(n, n, told.submission.passages[0].evidence) for n in ("助餐登记", "补贴结算", "用餐统计")]
    same = tuple(FunctionMatch(f, f.name, 0.95, same=True) for f in functions)
    near = Candidate(system, 0.95, 0.9, 1.0, same, mainly=0.9)
    total = Fact("total_wan", 100.0, "100万元", "总投资", told.submission.passages[0].evidence, "plan:1.6")
    made = replace(told.submission, facts=(*told.submission.facts, total), functions=tuple(functions))
    found = list(investment.check(replace(told, submission=made, register=Rows(system), candidates=(near,))))
    assert [f.rule for f in found] == ["COM-PRICE"] * asked
    assert all(f.severity is Severity.NOTICE and "42.5万元" in f.message for f in found)
