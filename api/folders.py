"""Which submissions lie below a folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_TABLES = frozenset({".xls", ".xlsx", ".csv", ".et", ".docx", ".doc", ".wps"})
_LIST = ("汇总", "项目清单", "申报清单", "收件清单", "一览表", "收件登记", "项目名单")


@dataclass(frozen=True, slots=True)
class Found:
    """One submission: its name in the batch and where it lies."""

    name: str
    path: Path


def submissions(folder: Path, out: Path) -> tuple[Found, ...]:
    """Return the submissions below `folder`, by name; hidden files, `~$…` and `out` are passed over.

    The topmost folder that holds files is one submission with all under it, and so is every file that lies directly
    in `folder`, a 汇总表 excepted. A name is the path with `/` written as `__`.
    """
    found: list[Path] = []
    for path in _seen(folder, out):
        if path.is_file():
            if not _is_summary(path):
                found.append(path)
        else:
            found.extend(_topmost(path, out))
    names: dict[str, int] = {}
    out_list: list[Found] = []
    for path in sorted(found, key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix().replace("/", "__")
        names[name] = names.get(name, 0) + 1
        out_list.append(Found(name if names[name] == 1 else f"{name}~{names[name]}", path))
    return tuple(out_list)


def fingerprint(found: Found, *settings: str) -> str:
    """Return a hash over every file of a submission, name and content, and over the settings it is reviewed under."""
    digest = hashlib.sha256("\x1f".join(settings).encode())
    files = [found.path] if found.path.is_file() else sorted(p for p in found.path.rglob("*") if p.is_file())
    for file in files:
        if file != found.path and _hidden(file.relative_to(found.path)):
            continue
        digest.update(f"\x1e{file.relative_to(found.path.parent).as_posix()}\x1f".encode("utf-8", "surrogateescape"))
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def _seen(folder: Path, out: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if not _hidden(Path(p.name)) and p.resolve() != out.resolve())


def _topmost(folder: Path, out: Path) -> list[Path]:
    inside = _seen(folder, out)
    if any(p.is_file() for p in inside):
        return [folder]
    return [path for p in inside if p.is_dir() for path in _topmost(p, out)]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _is_summary(path: Path) -> bool:
    return path.suffix.lower() in _TABLES and any(word in path.stem for word in _LIST)


def lists(folder: Path, out: Path) -> tuple[Path, ...]:
    """Return the 汇总表 that lie directly in a batch folder."""
    return tuple(p for p in _seen(folder, out) if p.is_file() and _is_summary(p))
