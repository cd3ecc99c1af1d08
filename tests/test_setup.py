"""Set-up: what counts as a CPU build of torch, and how a missing thing is told."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import sys
from pathlib import Path
from types import ModuleType

import pytest
from conftest import need

ROOT = Path(__file__).resolve().parent.parent
NAME = f"torch-9.9.9+cpu-cp3{sys.version_info[1]}-cp3{sys.version_info[1]}-linux_{platform.machine()}.whl"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up script with requirements of its own and one folder of wheels."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("CHUSHEN_WHEELHOUSE", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "gone"))
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / NAME).write_bytes(b"a build")
    (tmp_path / "torch.in").write_text("torch==9.9.9\n")
    return module


@pytest.mark.parametrize(("known", "found"), [(b"a build", True), (b"another build", False)])
def test_only_a_known_cpu_build_is_taken(bootstrap: ModuleType, tmp_path: Path, known: bytes, found: bool) -> None:
    (tmp_path / "torch-cpu.txt").write_text(f"sha256:{hashlib.sha256(known).hexdigest()} {NAME}\n")
    assert bootstrap.cpu_torch() == (tmp_path / "wheels" / NAME if found else None)


def test_a_missing_or_empty_wheelhouse_is_none(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bootstrap.sources() == ["--no-index", "--find-links", str(tmp_path / "wheels")]
    (tmp_path / "empty").mkdir()
    for folder in ("missing", "empty"):
        monkeypatch.setenv("CHUSHEN_WHEELHOUSE", str(tmp_path / folder))
        assert bootstrap.sources() == []


def test_need_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    need(True, "nothing")
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="缺少 / missing: soffice（apt）"):
        need(False, "soffice", "apt")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="soffice"):
        need(False, "soffice")
    with pytest.raises(pytest.skip.Exception):
        need(None, "a graphics card", in_ci=False)


def test_a_wheelhouse_holds_the_files_of_every_lock(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(bootstrap, "cpu_torch", lambda: None)
    monkeypatch.setattr(bootstrap, "pip_install", lambda *_: None)
    monkeypatch.setattr(bootstrap, "run", lambda *command: asked.append(Path(command[-1]).stem))
    bootstrap.fill_wheelhouse()
    locks = {path.stem for path in (ROOT / "requirements").glob("*.lock")}
    assert locks - set(asked) == {"base", "torch"}  # test.lock holds base.lock; torch comes from a CPU build
