"""Thresholds of the register out of labels: what reviewers said of pairs that reports showed them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.policies.loader import load_policy
from models.domain.errors import PolicyError, RegisterError

EXAMPLES = "examples.yaml"
KEY = "duplicate_from"  # in the pack's thresholds.yaml
PRECISION = 0.9
ENOUGH = 20  # labelled pairs without which no threshold means anything
_SAME = frozenset({"重复", "部分重合", "duplicate", "overlap"})
_OTHER = frozenset({"无关", "不重复", "相关", "none", "related"})
_COLUMNS = ("报告", "编号", "结论")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair: what the program gave it, and what the reviewer said."""

    score: float
    same: bool
    proposal: str = ""  # title of the project, "" where the report does not show the system
    system: str = ""
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A threshold with what it would have done on the labels."""

    least: float
    precision: float
    recall: float
    pairs: int


def read_labels(path: Path) -> list[Labelled]:
    """Read a csv with 报告 (path of report.json), 编号 (of the system), 结论 (重复, 部分重合, 无关).

    Raises:
        RegisterError: the file, a report of it or a verdict cannot be read; the row is named.
    """
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterError("标注文件打不开", name=path.name, advice="请用 UTF-8 csv") from error
    if not rows or any(column not in rows[0] for column in _COLUMNS):
        raise RegisterError("标注文件缺少列", name=path.name, advice=f"需要 {'、'.join(_COLUMNS)} 三列")
    return [_labelled(path, number, row) for number, row in enumerate(rows, 2)]


def _labelled(path: Path, number: int, row: dict[str, str]) -> Labelled:
    said = (row["结论"] or "").strip()
    if said not in _SAME | _OTHER:
        raise RegisterError(f"第{number}行的结论“{said}”不认识", name=path.name, advice="请写 重复、部分重合 或 无关")
    try:
        report = json.loads((path.parent / row["报告"].strip()).read_text("utf-8"))
        shown = {str(d["system_id"]): d for d in report["duplicates"]}.get(row["编号"].strip())
        if shown is None:
            return Labelled(0.0, said in _SAME)
        title = str(report.get("submission", {}).get("title") or row["报告"])
        features = tuple((str(name), float(x)) for name, x in shown.get("features", {}).items())
        return Labelled(float(shown["score"]), said in _SAME, title, str(shown.get("system_name", "")), features)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegisterError(f"第{number}行的报告读不出", name=path.name, advice="请填 report.json 的路径") from error


def calibrate(pairs: Sequence[Labelled]) -> Calibrated:
    """Return the lowest threshold that keeps the precision, with its figures.

    Raises:
        RegisterError: too few labels, or none of one kind, or no threshold keeps the precision.
    """
    total = sum(pair.same for pair in pairs)
    if len(pairs) < ENOUGH or not 0 < total < len(pairs):
        raise RegisterError(f"标注太少：至少{ENOUGH}对，重复和不重复都要有", name=f"{len(pairs)}对")
    best: Calibrated | None = None
    for step in range(99, 4, -1):
        told = [pair for pair in pairs if pair.score >= step / 100]
        right = sum(pair.same for pair in told)
        if told and right / len(told) >= PRECISION:
            best = Calibrated(step / 100, right / len(told), right / total, len(pairs))
    if best is None:
        raise RegisterError(f"没有一个界限能使准确率达到{PRECISION:.0%}", name=f"{len(pairs)}对标注")
    return best


def write(folder: Path, found: Calibrated, pairs: Sequence[Labelled] = ()) -> Path:
    """Write the threshold with its figures into the pack, and the labelled pairs as examples for reports.

    The pack must hold together afterwards.

    Raises:
        PolicyError: it does not; its files are left as they were.
    """
    path, examples = folder / "thresholds.yaml", folder / EXAMPLES
    before, listed = path.read_text("utf-8"), examples.read_bytes() if examples.exists() else None
    line = (
        f"  {KEY}: {found.least:.2f}  # 台账比对按{found.pairs}对标注校准：准确率{found.precision:.3f}，"
        f"召回率{found.recall:.3f}\n"
    )
    rest = re.sub(rf"^  {KEY}:.*\n?", "", before, flags=re.MULTILINE)
    path.write_text(rest.rstrip("\n") + "\n" + line, "utf-8")
    examples.write_text(_listed(pairs), "utf-8")
    try:
        load_policy(folder)
    except PolicyError:
        path.write_text(before, "utf-8")
        if listed is None:
            examples.unlink()
        else:
            examples.write_bytes(listed)
        raise
    return path


def _listed(pairs: Sequence[Labelled]) -> str:
    """Return the labelled pairs a report can show beside a new one, as the pack holds them."""
    import yaml

    rows = [
        {"proposal": p.proposal, "system": p.system, "same": p.same, "features": dict(p.features)}
        for p in pairs
        if p.features and p.system
    ]
    head = (
        "# 审核人员标注过的项目和系统，由 chushen corpus calibrate 写入，请勿手改；报告在相近系统下列出两边最接近的。\n"
    )
    return head + yaml.safe_dump({"examples": rows}, allow_unicode=True, sort_keys=False)
