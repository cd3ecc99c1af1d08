"""Passages that submissions share to the letter."""

from __future__ import annotations

from collections.abc import Sequence

from models.copied import GRAM, WINDOW, Said, compare, every, fingerprints

MARKET = "摊主在手机上登记当日进货的品种、数量和来源，系统核对票证后生成可由顾客扫码查看的溯源记录。"
LIBRARY = "读者凭借阅证在任一分馆还书，馆员扫描条码后系统自动更新馆藏位置并通知预约的下一位读者。"
COMMON = "项目建成后由运维单位按照等级保护要求做好日常巡检、备份恢复和安全加固等各项工作。"


def own(name: str) -> str:
    """A sentence nobody else has."""
    marks = {"甲": "摊位", "乙": "书目", "丙": "车辆", "丁": "楼宇", "戊": "河道", "己": "苗木"}
    return f"{marks[name]}的现状调查由{name}单位会同街道逐一上门完成，共走访{name}处并形成{marks[name]}台账一份。"


def shared(texts: dict[str, Sequence[str]], common: Sequence[str] = (), earlier: Sequence[str] = ()) -> list[tuple]:
    loaded = {n: [Said("方案.docx", None, i, t) for i, t in enumerate(said)] for n, said in texts.items()}
    names = [n for n in texts if n not in earlier]
    found = compare(names, loaded.__getitem__, every(common), earlier)
    return [(c.first, c.second, [(p.first.text, p.second.text) for p in c.passages]) for c in found]


def test_a_shared_run_leaves_a_fingerprint_in_both_wherever_it_stands() -> None:
    run = MARKET[: GRAM + WINDOW]  # one comma, left out of the key: nineteen characters
    for before, after in (("", "前"), ("甲乙丙丁", "后面的话各不相同"), ("这是另外一段开头", "")):
        assert fingerprints(before + run + after) & fingerprints(run)
    assert fingerprints("十一个字的短句不够长") == frozenset()


def test_a_copied_sentence_is_found_with_both_places() -> None:
    (found,) = shared({"a": [own("甲"), MARKET], "b": [MARKET.replace("摊主", "经营户"), own("乙")]})
    assert found == ("a", "b", [(MARKET, MARKET.replace("摊主", "经营户"))])


def test_other_words_are_not_copied() -> None:
    assert shared({"a": [own("甲"), MARKET], "b": [own("乙"), LIBRARY]}) == []


def test_the_template_and_what_many_say_prove_nothing() -> None:
    assert shared({"a": [MARKET], "b": [MARKET]}, common=[MARKET]) == []
    six = {n: [own(n), COMMON] for n in "甲乙丙丁戊己"}
    assert shared(six) == []
    six["甲"] = six["乙"] = [COMMON, LIBRARY]
    assert shared(six) == [("甲", "乙", [(LIBRARY, LIBRARY)])]


def test_earlier_submissions_are_not_compared_with_one_another() -> None:
    texts = {"new": [own("甲"), MARKET], "old": [MARKET], "older": [LIBRARY], "oldest": [LIBRARY]}
    assert [f[:2] for f in shared(texts, earlier=("old", "older", "oldest"))] == [("new", "old")]


def test_nothing_at_all() -> None:
    assert compare((), lambda _: (), frozenset()) == ()
    assert shared({"a": [], "b": [MARKET]}) == []
