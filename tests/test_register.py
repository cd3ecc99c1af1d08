"""The stored register: versions, and two processes that write at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from api.settings import settings
from corpus.register import ImportResult, RegisterStore, column_map, read_systems
from models.domain.errors import RegisterError
from models.domain.register import System


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CHUSHEN_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def result(*systems: System) -> ImportResult:
    return ImportResult(systems)


def test_versions_say_what_changed_and_by_which_file(tmp_path: Path) -> None:
    store = RegisterStore(tmp_path / "register.db")
    first = System("S1", "甲系统", status="在建", functions=("受理", "派单"))
    second = System("S1", "甲系统", status="在用", functions=("受理", "派单", "回访"), unified=True)
    store.put(result(first), source="一月.csv")
    store.put(result(first), source="二月.csv")  # nothing changed: no version
    store.put(result(second), source="三月.csv", dry_run=True)
    store.put(result(second), source="三月.csv")
    store.remove(["S1", "S2"])
    added, updated, removed = store.history("S1")
    assert (added.kind, updated.kind, removed.kind) == ("新增", "更新", "删除")
    assert (added.source, updated.source) == ("一月.csv", "三月.csv")
    assert updated.fields == (
        ("状态", "在建", "在用"),
        ("功能清单", "受理；派单", "受理；派单；回访"),
        ("统建", "否", "是"),
    )
    assert store.history("S2") == ()
    assert store.systems() == ()


def test_the_command_prints_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "台账.csv"
    for status in ("在建", "在用"):
        listed.write_text(f"编号,系统名称,状态\nS1,甲系统,{status}\n", "utf-8")
        assert run(["corpus", "import", str(listed)]) == 0
    capsys.readouterr()
    assert run(["corpus", "history", "S1"]) == 0
    assert "状态：在建 → 在用" in capsys.readouterr().out
    assert run(["corpus", "history", "S9"]) == 2


def test_two_processes_import_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "register.db"
    code = (
        "import sys; from corpus.register import ImportResult, RegisterStore; from models.domain.register import System\n"
        "store = RegisterStore(sys.argv[1])\n"
        "for n in range(20):\n"
        "    store.put(ImportResult((System(f'{sys.argv[2]}{n}', 'x'), System(f'both{n}', sys.argv[2]))))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(file), name]) for name in ("a", "b")]
    assert [process.wait(timeout=120) for process in runs] == [0, 0]
    store = RegisterStore(file)
    assert len(store.systems()) == 60
    assert all(len(store.history(f"both{n}")) == 2 for n in range(20))


def test_columns_can_be_told_and_json_comes_back_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "台账.csv"
    listed.write_text("事项码,系统名称,叫法,能做什么,联系人\nS1,老名字,甲系统,受理；派单,张\n", "utf-8")
    assert run(["corpus", "import", str(listed)]) == 3
    assert "列名=字段" in capsys.readouterr().err
    told = ["--map", "事项码=编号", "--map", "叫法=name", "--map", "能做什么=功能清单"]
    assert run(["corpus", "import", str(listed), *told]) == 0
    out = tmp_path / "out.json"
    assert run(["corpus", "export", str(out)]) == 0
    (system,) = read_systems(out).systems
    assert (system.name, system.functions, dict(system.extra)["联系人"]) == ("甲系统", ("受理", "派单"), "张")
    capsys.readouterr()
    assert run(["corpus", "import", str(out)]) == 0
    assert "未变1个" in capsys.readouterr().out


@pytest.mark.parametrize("texts", [["甲"], ["甲=乙"], ["=编号"], ["甲=编号", "乙=id"], ["甲=编号", "甲=名称"]])
def test_a_wrong_map_is_refused(texts: list[str]) -> None:
    with pytest.raises(RegisterError):
        column_map(texts)


def report_file(folder: Path, title: str = "甲系统建设项目", *functions: str) -> Path:
    summary = {"title": title, "unit": "杭州市拱墅区民政局", "total_wan": 88.5}
    told = [{"name": f, "text": f} for f in functions or ("受理；登记", "派单")]
    path = folder / "report.json"
    path.write_text(json.dumps({"schema": "chushen.report/1", "submission": summary, "functions": told}), "utf-8")
    return path


def test_an_approved_proposal_joins_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["corpus", "join", str(report_file(tmp_path))]) == 0
    assert "已批未建" in capsys.readouterr().out
    out = tmp_path / "out.csv"
    run(["corpus", "export", str(out)])
    (system,) = read_systems(out).systems
    assert (system.unit, system.status, system.functions) == ("杭州市拱墅区民政局", "已批未建", ("受理，登记", "派单"))
    assert run(["corpus", "join", str(report_file(tmp_path, "甲系统建设项目", "受理"))]) == 0
    run(["corpus", "history", system.id])
    assert "功能清单：受理，登记；派单 → 受理" in capsys.readouterr().out


def test_what_the_register_has_does_not_join_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "台账.csv"
    listed.write_text("编号,系统名称,建设单位,状态\nS1,甲系统,区民政局,在用\nS2,乙系统,,\n", "utf-8")
    run(["corpus", "import", str(listed)])
    for told in ([], ["--id", "S1"], ["--id", "S2"], ["--id", "S3"]):
        assert run(["corpus", "join", str(report_file(tmp_path)), *told]) == 3
    capsys.readouterr()
    run(["corpus", "list"])
    assert "甲系统建设" not in capsys.readouterr().out
    assert run(["corpus", "join", str(listed)]) == 2
