"""Groups of a batch: who might lead and why; and that no paper for an applicant tells of another unit's project."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from conftest import need
from intake_samples import PROJECTS, TOGETHER, batch

from api.batch import Batch, Outcome, as_systems, reviewer, summary
from api.folders import submissions
from api.intake import alike
from api.merging import as_objects, groups, matrix, rows
from api.papers.annotated import annotated
from api.papers.making import AGAIN, NOTICE, OPINION, THIRD, Matter, make
from api.reports.stored import load
from api.settings import Settings
from api.spreadsheet import workbook
from api.workers import WorkerPool
from corpus.policies import load_policy
from models.e5.convert import JUDGE, REGISTER, default_folder

if TYPE_CHECKING:
    from models.domain.report import Report

POLICY = load_policy()
LEAD = "区发改经信局"


def project(unit: str, near: dict[str, tuple[int, float]], *, total: float | None = 100, extends: bool = False) -> Any:
    found = [{"name": n, "functions": f, "coverage": c, "verdict": "overlap"} for n, (f, c) in near.items()]
    told = {"title": f"{unit}的项目", "unit": unit, "total_wan": total, "coordinator": LEAD}
    return {**told, "extends": extends, "near": found}


def led(**members: Any) -> tuple[str, tuple[str, ...]]:
    (group,) = groups(members, POLICY)
    return group.lead, group.why


def test_the_department_of_the_domain_leads_before_any_other() -> None:
    near = {"a": (2, 0.5), "b": (2, 0.5)}
    found = led(
        a=project("拱墅区民政局", {"b": near["b"]}),
        b=project("杭州市拱墅区发展改革和经济信息化局", {"a": near["a"]}, total=9),
    )
    assert found == ("b", ("本领域的牵头部门（第四条）",))


def test_a_department_leads_before_a_street_and_its_centres() -> None:
    found = led(
        a=project("拱墅区半山街道办事处", {"c": (3, 0.6)}, total=300),
        b=project("拱墅区养老服务中心", {"c": (3, 0.6)}),
        c=project("拱墅区民政局", {"a": (3, 0.5)}),
    )
    assert found[0] == "c"
    assert found[1][0].startswith("业务主管部门")


def test_whose_functions_cover_more_of_the_others_leads() -> None:
    found = led(a=project("甲局", {"b": (2, 0.3)}), b=project("乙局", {"a": (4, 0.9)}, total=100))
    assert found == ("a", ("拟建功能覆盖其他项目最多（平均90%）",))


def test_an_own_system_to_build_on_and_then_the_amount_decide() -> None:
    assert led(a=project("甲局", {"b": (2, 0.5)}), b=project("乙局", {"a": (2, 0.5)}, extends=True))[0] == "b"
    found = led(a=project("甲局", {"b": (2, 0.5)}, total=20), b=project("乙局", {"a": (2, 0.55)}, total=80))
    assert found == ("b", ("申报金额最大（80万元）",))


def test_where_nothing_tells_them_apart_nobody_is_named() -> None:
    (group,) = groups({n: project(f"{n}局", {m: (2, 0.5)}) for n, m in (("甲", "乙"), ("乙", "甲"))}, POLICY)
    assert (group.lead, group.unit, group.why) == ("", "", ())
    assert group.text == "建议“乙局的项目”、“甲局的项目”统筹整合，牵头单位会商确定后重新编制方案。"
    assert group.coordinator == LEAD


def test_related_ones_make_no_group_and_stay_in_no_matrix() -> None:
    members = {"a": project("甲局", {"b": (2, 0.5)}), "b": project("乙局", {})}
    members["a"]["near"][0]["verdict"] = "related"
    assert groups(members, POLICY) == ()


def test_matrix_summary_and_sheets() -> None:
    members = {
        "a": project("甲局", {"b": (2, 0.5), "c": (1, 0.25)}),
        "b": project("乙局", {"a": (3, 0.6)}),
        "c": project("丙局", {"a": (2, 0.4)}),
        "d": project("丁局", {}),
    }
    found = as_objects(groups(members, POLICY))
    (group,) = found
    assert group["matrix"] == ((None, 0.5, 0.25), (0.6, None, 0), (0.4, 0, None))
    assert list(matrix(group)) == [
        ("a", "—", "2项（50%）", "1项（25%）"), ("b", "3项（60%）", "—", ""), ("c", "2项（40%）", "", "—"),
    ]  # fmt: skip
    told = json.loads(summary({"a": Outcome("done")}, [g["members"] for g in found], groups=found))["intake"]
    assert told["clusters"] == [["a", "b", "c"]]
    assert told["groups"][0]["lead"] == "a"
    book = openpyxl.load_workbook(io.BytesIO(workbook([], (), (found, members))))
    assert book.sheetnames == ["汇总", "统筹整合", "组内矩阵"]
    assert [r[1] for r in rows(found, members)] == ["a", "b", "c"]
    assert [c.value for c in book["组内矩阵"][2]][1:] == ["甲局的项目", "乙局的项目", "丙局的项目"]
    assert [c.value for c in book["组内矩阵"][3]] == ["甲局的项目", "—", "2项（50%）", "1项（25%）"]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Report], dict[str, Any]]:
    """The six submissions through a batch as the command runs it: folder, reports, members."""
    for model in (REGISTER, JUDGE):
        need(default_folder(model).is_dir(), f"模型 {model}", "make setup-test")
    folder = tmp_path_factory.mktemp("batch")
    found = submissions(batch(folder / "in"), folder / "out")
    given = (Settings(home=folder / "home"), "gongshu-2021", Path(__file__).parent.parent / "examples" / "systems.csv")
    with WorkerPool(2, reviewer, given) as pool:
        run = Batch(folder / "out", pool, ("json", "stored"), ("test",), 600)
        outcomes = run.run(found)
        outcomes |= run.run(found, alike(list(as_systems(outcomes)), given[0]))
    reports = {name: load((folder / "out" / name / "report.stored").read_bytes()) for name in outcomes}
    return folder / "in", reports, {name: outcome.member for name, outcome in outcomes.items()}


@pytest.mark.slow
@pytest.mark.model
def test_three_units_that_build_the_same_are_one_group(reviewed: Any) -> None:
    _, _, members = reviewed
    (group,) = groups(members, POLICY)
    assert set(group.members) == set(TOGETHER)
    assert (group.lead, group.unit) == ("民政局", "拱墅区民政局")
    assert group.why[0].startswith("业务主管部门")
    assert all(any(count for count in row if count) for row in group.functions)


@pytest.mark.slow
@pytest.mark.model
def test_no_paper_for_an_applicant_tells_of_another_units_project(reviewed: Any) -> None:
    folder, reports, _ = reviewed
    for name in TOGETHER:
        report, others = reports[name], [PROJECTS[other] for other in PROJECTS if other != name]
        own = "".join(PROJECTS[name][2])
        named = [d for d in report.duplicates if d.source == "intake" and d.verdict != "related"]
        assert named, name
        assert named[0].system_name in make(OPINION, Matter(report, POLICY)).text()  # what the office reads
        secrets = {text for unit, title, _ in others for text in (unit, title, title.removesuffix("建设项目"))}
        secrets |= {f.split("：")[0] for _, _, functions in others for f in functions if f.split("：")[0] not in own}
        notice = make(NOTICE, Matter(report, POLICY)).text()
        assert "区内已有类似建设需求" in notice
        _, noted = annotated(report, POLICY, [folder / name])
        with zipfile.ZipFile(io.BytesIO(noted)) as archive:
            written = "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist() if "xml" in n)
        for paper in (notice, written, make(AGAIN, Matter(report, POLICY, earlier=report)).text()):
            assert [text for text in secrets if text in paper] == []
        brief = make(THIRD, Matter(report, POLICY)).text()  # names the units of existing systems, no other project
        assert [text for text in secrets - {unit for unit, *_ in others} if text in brief] == []
