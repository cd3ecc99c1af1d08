"""Goals: what their figures count, and whether goals and functions speak of this project's business."""

import pytest

from analyzers import neg_2a_goals
from analyzers.context import Context
from analyzers.goals import Figure, figures
from corpus.policies import load_policy
from models.belonging import background, pairs
from models.domain.document import Document, Paragraph
from models.domain.finding import Evidence
from models.domain.outline import Section
from models.domain.submission import Field, Function, Kind, Submission, SubmittedDocument
from models.passages import passages

POLICY = load_policy("gongshu-2021")
PLAN = {
    "2.1": "全区河道37条，水质每月人工采样一次，氨氮、总磷超标往往半个月后才知道；闸门、泵站由值班员凭经验启闭，"
    "汛期上下游配合靠电话，换水补水没有记录，群众反映黑臭的河段说不清是排口偷排还是雨后初流。",
    "2.3.1": "使用人为河道监管科、闸泵值班员、各街道河长和沿河排口的管护单位，服务沿河居民。",
    "2.3.2": "业务需求：自动监测站按小时回传溶解氧和浊度，超标即派单溯源；按雨情和水位给出闸泵启闭建议，换水补水方案留痕；河长巡河发现排口异常，拍照上报后联动采样复核。",
    "3.2": "到2023年底，水质超标发现时间由15天缩短到1小时，闸泵启闭指令执行率达到98%，河道换水方案留痕率100%。",
}


def plan(**changed: str) -> Submission:
    told = PLAN | {k.replace("s", "").replace("_", "."): v for k, v in changed.items()}
    blocks, sections = [], []
    for number, text in told.items():
        sections.append(
            Section(len(sections), number, "例", 1, None, len(blocks), 1, len(blocks) + 2, template=(number,))
        )
        blocks += [Paragraph("例"), Paragraph(text)]
    placed = SubmittedDocument(Document("方案.docx", "docx", "", tuple(blocks)), Kind.PLAN, tuple(sections))
    return Submission("例", (placed,), passages=passages(placed))


def messages(submission: Submission) -> list[str]:
    found = list(neg_2a_goals.check(Context(POLICY, submission, suspicions=())))
    assert {f.rule for f in found} <= {"NEG-2A"}
    return [f.message for f in found]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("支持2000用户同时在线，查询响应小于2秒，存储容量10TB", {Figure.TECHNICAL}),
        ("建成4个子系统、1个数据库", {Figure.OUTPUT}),
        ("投资286万元，覆盖18个街道，用两年建成", {Figure.INPUT}),
        ("治理能力提升30%，基层减负40%", {Figure.VAGUE}),
        ("群众满意率100%", {Figure.UNMEASURED}),
        ("全省90个县（市、区）应用覆盖率100%", {Figure.ABOVE}),
        ("建成一年后平均办理时长由5天降到3天", {Figure.EFFECT}),
        ("建成满一年漏检率不超过2%（现状6.8%）", {Figure.EFFECT}),
        ("催办电话量比2024年同期（月均860通）减少25%～35%", {Figure.EFFECT}),
        ("2023年6月前完成，见附件3", set()),
    ],
)
def test_what_a_figure_counts(text, kinds):
    assert set(figures(text)) == kinds


def test_a_plan_with_goals_of_its_own_is_silent():
    assert not messages(plan())


@pytest.mark.parametrize(
    "goals",
    [
        "本项目绩效目标：支持500并发，页面响应不超过3秒，河道监测接口可用性99.9%。",
        "项目绩效目标为建成河道水质和闸泵调度子系统4个、数据库1个。",
        "绩效目标：河道闸泵治理能力提升30%，一线负担减轻四成。",
    ],
)
def test_goals_whose_figures_count_no_effect_are_asked_about(goals):
    (message,) = messages(plan(s3_2=goals))
    assert "没有能考核业务成效的指标" in message


def test_goals_of_another_project_are_seen():
    foreign = "到2023年底，社区食堂刷脸就餐日均达到1.2万人次，老人补贴发放差错率降到0.1%，送餐半小时送达率达到95%，助餐点满意度每季度公布。"
    (message,) = messages(plan(s3_2=foreign))
    assert "套用其他项目" in message


def test_functions_that_no_need_asks_for_are_seen():
    def built(*names: str) -> Submission:
        made = plan()
        functions = tuple(Function(n, n, Evidence("方案.docx", n)) for n in names)
        return Submission("例", made.documents, passages=made.passages, functions=functions)

    show = built("三维沙盘漫游", "领导驾驶舱轮播", "飞线动画展示", "数字人语音播报", "主题皮肤切换与手势互动")
    assert any("对应哪些需求" in m for m in messages(show))
    assert not messages(built("自动监测站数据接入", "水质超标溯源派单", "闸泵远程启闭", "换水补水方案留痕"))


def test_a_form_that_only_points_to_an_attachment_nobody_sent_is_asked_about():
    field = Field("绩效目标", "详见附件3《绩效目标表》", "goals", Evidence("申报表.docx", "详见附件3《绩效目标表》"))
    made = plan(s3_2="把河道水质和闸泵管好。")
    asked = Submission("例", made.documents, passages=made.passages, fields=(field,))
    assert any("未见该附件" in m for m in messages(asked))
    unread = Submission(
        "例", made.documents, passages=made.passages, fields=(field,), not_read=(("附件3.pdf", "加密"),)
    )
    assert not messages(unread)


def test_a_part_is_measured_by_what_not_every_proposal_says():
    known = background()
    common, rare = known.weight("项目"), known.weight("溶解")
    assert common < rare / 10
    assert known.share(pairs(["溶解氧"]), pairs(["溶解氧和浊度"])) == 1.0
    assert known.share(pairs([]), pairs(["甲乙"])) == 1.0
