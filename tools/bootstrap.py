"""Make `.venv` with everything chushen needs; nothing but Python's standard library and pip is asked for.

    python3 tools/bootstrap.py            what the program needs, and the embedding model
    python3 tools/bootstrap.py --test     the tests' and checks' tools as well
    python3 tools/bootstrap.py --wheelhouse   fetch all files into ./wheelhouse, for machines without network

Every file is checked against the hashes in requirements/*.lock. uv does the work where it is on PATH or can be
installed, else pip. A second run finds nothing to do and returns at once. Settings, all optional:

    CHUSHEN_WHEELHOUSE          folder of wheels; where it exists, nothing is fetched (default ./wheelhouse)
    CHUSHEN_INSTALLER           uv or pip: which one to use
    CHUSHEN_ALLOW_CUDA_TORCH    1: where no CPU build of torch is at hand, fetch the ordinary one (about 3 GB)
    CHUSHEN_MODELS              where the embedding model is put (default models/installed)

Why torch is handled apart: docs/decisions/0005-hash-locked-setup.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "chushen-setup.json"
LOWEST = (3, 11)
# A constraint from the machine's own pip settings cannot loosen the locks, only make hash checking fail.
PIP: tuple[str | Path, ...] = ("env", "PIP_CONSTRAINT=", PYTHON, "-m", "pip", "--disable-pip-version-check")


class SetupError(Exception):
    """Set-up cannot go on; the message says what is missing and how to get it."""


def say(text: str) -> None:
    """Print one line of progress at once, also where the output is a file."""
    print(f"[setup] {text}", flush=True)


def ask(*command: str | Path) -> str:
    """Run a command and return what it prints, "" where it fails or is not there."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def run(*command: str | Path, quiet: bool = False) -> None:
    """Run a command in the project folder; `SetupError` where it fails."""
    out = subprocess.DEVNULL if quiet else None
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, stdout=out, stderr=out)
    if done.returncode:
        raise SetupError(f"失败 / failed: {' '.join(str(part) for part in command)}")


# --- the virtual environment ------------------------------------------------------------------------------------------


def require_python() -> None:
    """Go on under a newer Python where this one is too old and there is one; `SetupError` where there is none."""
    if sys.version_info >= LOWEST:
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - the same script under another interpreter
    raise SetupError("需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed")


def make_venv() -> None:
    """Make `.venv` with pip in it, also on a Debian without python3-venv."""
    if (VENV / "bin" / "pip").exists():
        return
    say(f"making .venv with Python {platform.python_version()}")
    try:
        run(sys.executable, "-m", "venv", VENV, quiet=True)
    except SetupError:
        # Debian keeps ensurepip in a package of its own; the pip outside can fill the environment instead.
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip")


# --- installing -------------------------------------------------------------------------------------------------------


def wheelhouse() -> Path | None:
    """Return the folder of wheels, None where there is none; an empty one does not count."""
    folder = Path(os.environ.get("CHUSHEN_WHEELHOUSE") or ROOT / "wheelhouse").resolve()
    return folder if folder.is_dir() and any(folder.iterdir()) else None


def sources() -> list[str]:
    """Options that say where files come from: the wheelhouse alone, or the configured index."""
    folder = wheelhouse()
    return ["--no-index", "--find-links", str(folder)] if folder else []


def pip_install(*options: str | Path) -> None:
    """Install with the environment's pip, locked versions and hashes only."""
    run(*PIP, "install", "--quiet", "--no-warn-script-location", "--no-build-isolation", *options)


def find_uv() -> str | None:
    """Return uv's command: from PATH, from `.venv`, or freshly installed there; None where pip must do."""
    wanted = os.environ.get("CHUSHEN_INSTALLER", "")
    if wanted == "pip":
        return None
    inside = VENV / "bin" / "uv"
    if not inside.exists():
        if ask("uv", "--version"):  # asked, because a version switcher's stand-in may lie on PATH without a uv behind
            return "uv"
        try:
            pip_install("--require-hashes", "--no-deps", *sources(), "-r", REQUIREMENTS / "uv.lock")
        except SetupError:
            if wanted == "uv":
                raise
            say("uv cannot be had here; pip does the work (slower)")
            return None
    return str(inside)


class Installer:
    """Installs lock files with uv or pip; the same files, the same checks."""

    def __init__(self) -> None:
        """Choose the tool once."""
        self.uv = find_uv()

    def __call__(self, *options: str | Path) -> None:
        """Install what `options` name. Locks are complete, so nothing is ever resolved."""
        if self.uv:
            run(self.uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-build-isolation", "--no-deps", *options)
        else:
            pip_install("--no-deps", "--use-pep517", *options)

    def lock(self, name: str) -> None:
        """Install requirements/<name>.lock."""
        say(f"installing requirements/{name}.lock with {'uv' if self.uv else 'pip'}")
        self("--require-hashes", *sources(), "-r", REQUIREMENTS / f"{name}.lock")


# --- torch ------------------------------------------------------------------------------------------------------------


def has_torch() -> bool:
    """Whether `.venv` has torch, without importing it."""
    return ask(PYTHON, "-c", "import importlib.util as u; print(u.find_spec('torch') is not None)") == "True"


def torch_version() -> str:
    """Return the version of torch that torch.in pins."""
    return (REQUIREMENTS / "torch.in").read_text(encoding="utf-8").split("==")[1].strip()


def link_folders() -> list[Path]:
    """Folders on this machine where files may lie: the wheelhouse, then pip's own find-links."""
    words = os.environ.get("PIP_FIND_LINKS", "").split()
    for line in ask(PYTHON, "-m", "pip", "config", "list").splitlines():
        key, _, value = line.partition("=")
        if key.endswith("find-links"):
            words += value.strip("'\"").replace("\\n", " ").split()
    own = wheelhouse()
    folders = ([own] if own else []) + [Path(word.removeprefix("file://")) for word in words]
    return [folder for folder in dict.fromkeys(folders) if folder.is_dir()]


def cpu_torch() -> Path | None:
    """Return the CPU build of torch for this Python and processor, None where none lies at hand.

    Its hash must be one of torch-cpu.txt; the name is only where to look.
    """
    version = torch_version()
    tag = ask(PYTHON, "-c", "import sys; print('cp%d%d' % sys.version_info[:2])")
    known = (REQUIREMENTS / "torch-cpu.txt").read_text(encoding="utf-8")
    for folder in link_folders():
        for file in sorted(folder.glob(f"torch-{version}*-{tag}-{tag}-*{platform.machine()}.whl")):
            if sha256(file) in known:
                return file
    return None


TORCH_MISSING = """
================================================================================================
 未找到 torch 的 CPU 安装包：与 sentence-transformers 对照的测试将跳过；程序本身不需要 torch，不受影响。
 要运行这些测试，二选一：
   1. 把 torch {version} 的 CPU 版 whl（requirements/torch-cpu.txt 所列）放进 ./wheelhouse/ 或 pip 的 find-links 目录；
   2. 设置 CHUSHEN_ALLOW_CUDA_TORCH=1，下载普通版（含 CUDA，约 3 GB）。
 No CPU build of torch at hand: the sentence-transformers tests will be SKIPPED. The program does not need torch.
 Put a CPU wheel listed in requirements/torch-cpu.txt into ./wheelhouse/ (or a pip find-links folder),
 or set CHUSHEN_ALLOW_CUDA_TORCH=1 to download the ordinary build (CUDA, about 3 GB).
================================================================================================
"""


def install_torch(install: Installer) -> None:
    """Install torch for the tests: a CPU build at hand, else the ordinary one where it was allowed, else say so."""
    file = cpu_torch()
    if file:
        say(f"installing {file.name} from {file.parent}")
        install(file)  # cpu_torch has compared its hash
    elif os.environ.get("CHUSHEN_ALLOW_CUDA_TORCH") == "1" or platform.system() != "Linux":
        install.lock("torch")  # carries CUDA on Linux only
    else:
        print(TORCH_MISSING.format(version=torch_version()), flush=True)
        if os.environ.get("CI") == "true":
            raise SetupError("持续集成中必须有 torch / in CI a missing torch is a failure")


# --- the whole --------------------------------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """Hash of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def state(group: str) -> dict[str, str]:
    """What a finished set-up of this group rests on; where it is unchanged there is nothing to do."""
    names = ["pyproject.toml", "tools/bootstrap.py", *(f"requirements/{n}.lock" for n in ("build", group))]
    files = {name: sha256(ROOT / name) for name in names}
    return {**files, "python": sysconfig.get_config_var("py_version_short") or "", "folder": str(ROOT)}


def finished(group: str) -> bool:
    """Whether the last set-up of this group, or a wider one, still holds."""
    try:
        stamps = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    held = PYTHON.exists() and (VENV / "bin" / "chushen").exists()
    return held and stamps.get(group) == state(group)


def install_all(group: str, install: Installer) -> None:
    """Install the locks of a group, then the project itself in place."""
    install.lock("build")
    install.lock(group)
    install("-e", ROOT)
    done = {name: state(name) for name in ("base", group)}  # test.lock holds all of base.lock
    STAMP.write_text(json.dumps(done, indent=1), encoding="utf-8")


def install_model() -> None:
    """Convert the embedding model for use; a quick look where that was done before."""
    if (ROOT / "models" / "e5" / "convert.py").exists():
        run(PYTHON, "-m", "models.e5.convert")


def fill_wheelhouse() -> None:
    """Fetch every locked file for this Python and processor into the wheelhouse."""
    folder = Path(os.environ.get("CHUSHEN_WHEELHOUSE") or ROOT / "wheelhouse").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    file = cpu_torch()
    if file and file.parent != folder:
        shutil.copy2(file, folder)
    pip_install("--require-hashes", "--no-deps", "-r", REQUIREMENTS / "build.lock")  # jieba comes as source
    for name in ("uv", "build", "test", "postgres"):  # test.lock holds all of base.lock
        say(f"fetching requirements/{name}.lock")
        where = ("--find-links", folder, "--dest", folder, "-r", REQUIREMENTS / f"{name}.lock")
        run(*PIP, "download", "--quiet", "--no-deps", "--no-build-isolation", "--require-hashes", *where)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    say(f"{folder}: {len(list(folder.iterdir()))} files, {size:.0f} MB")


def set_up(group: str) -> None:
    """Bring `.venv` to what `group` asks for; torch and the model are looked after even where the rest is done."""
    started = time.monotonic()
    if not finished(group):
        make_venv()
        install_all(group, Installer())
        say(f"installed in {time.monotonic() - started:.0f} s")
    if group == "test" and not has_torch():
        install_torch(Installer())
    install_model()


def main() -> int:
    """Set up what the command line asks for; 1 where something is missing."""
    parser = argparse.ArgumentParser(description="Set up chushen in .venv")
    parser.add_argument("--test", action="store_true", help="tools for tests and checks as well")
    parser.add_argument("--wheelhouse", action="store_true", help="fetch all files into ./wheelhouse")
    options = parser.parse_args()
    group = "test" if options.test else "base"
    try:
        require_python()
        if options.wheelhouse:
            make_venv()
            fill_wheelhouse()
        else:
            set_up(group)
    except SetupError as error:
        print(f"[setup] {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
