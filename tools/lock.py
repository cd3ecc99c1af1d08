"""Write the lock files in requirements/ anew: every version pinned, every file by its hash (`make lock`).

One resolution serves Python 3.11 to 3.13 on Linux, x86_64 and aarch64. The embedding tests need torch, whose ordinary
Linux build brings 3 GB of CUDA libraries; so torch is not in test.lock but, with what it brings, in torch.lock.
Its CPU builds are in no index; requirements/torch-cpu.txt names them by hash. See docs/decisions/0005.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
# The one entry that must never be resolved: it would pull the CUDA libraries in.
TORCH_ENTRY = re.compile(r"^torch==.*(?:\n[ #].*)*\n", re.MULTILINE)


def compile_lock(name: str, sources: list[str], constraints: list[str], *options: str) -> None:
    """Resolve `sources` under the locks named in `constraints` and write requirements/<name>."""
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.exists() else "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--upgrade", *options, *sources]
    for constraint in constraints:
        command += ["--constraint", constraint]
    done = subprocess.run(command, cwd=REQUIREMENTS, check=True, capture_output=True, text=True)
    text = TORCH_ENTRY.sub("", done.stdout) if name == "test.lock" else done.stdout
    (REQUIREMENTS / name).write_text(text, encoding="utf-8")
    print(f"requirements/{name}")


def main() -> None:
    """Write all locks, each one under those it must agree with."""
    compile_lock("build.lock", ["build.in"], [])
    compile_lock("uv.lock", ["uv.in"], [])
    compile_lock("base.lock", ["../pyproject.toml", "setup.in"], ["build.lock"])
    compile_lock("postgres.lock", ["postgres.in"], ["base.lock"])
    with tempfile.TemporaryDirectory() as folder:
        without_torch = Path(folder) / "override.txt"
        without_torch.write_text("torch ; sys_platform == 'never'\n", encoding="utf-8")
        sources = ["../pyproject.toml", "setup.in", "test.in"]
        compile_lock(
            "test.lock", sources, ["build.lock", "base.lock", "postgres.lock"], "--override", str(without_torch)
        )
    compile_lock("torch.lock", ["torch.in"], ["build.lock", "test.lock"])


if __name__ == "__main__":
    main()
