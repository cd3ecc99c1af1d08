"""The documents speak of what is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
MAKE = re.compile(r"`make ([a-z-]+)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(TARGET.findall(text_of("Makefile")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_linked_files_exist(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_make_targets_named_in_the_pages_exist(page: Path) -> None:
    assert set(MAKE.findall(page.read_text(encoding="utf-8"))) <= targets()


def test_readme_begins_with_the_two_commands() -> None:
    head = text_of("README.md").splitlines()[:20]
    assert any("make demo" in line for line in head)
    assert any("make test" in line for line in head)


def test_make_without_target_lists_every_target() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    described = set(re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE))
    assert described == targets()
    assert {
        "demo",
        "test",
        "serve",
        "check",
        "eval",
        "bench",
        "ui-test",
        "docs-test",
        "wheelhouse",
        "clean",
    } <= described


def test_glossary_has_each_term_once() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| `", text_of("docs/glossary.md"), re.MULTILINE)
    assert len(rows) >= 50
    assert len(rows) == len(set(rows))


def test_decisions_have_the_same_four_parts() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04d}" for n in range(1, len(pages) + 1)]
    for page in pages:
        heads = re.findall(r"^## (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences", "Alternatives"], page.name


def test_locks_are_hashed_and_name_no_index() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert {lock.stem for lock in locks} == {"base", "build", "postgres", "test", "torch", "uv"}
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
            assert "==" in entry.splitlines()[0], entry
            assert "--hash=sha256:" in entry, entry


def test_locks_hold_what_the_program_asks_for() -> None:
    asked = tomllib.loads(text_of("pyproject.toml"))["project"]["dependencies"]
    names = {re.split(r"[<>=~\[ ;]", line, maxsplit=1)[0].lower() for line in asked}
    for lock in ("base", "test"):
        locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", text_of(f"requirements/{lock}.lock"), re.MULTILINE))
        assert names <= locked, lock
