"""`make formats`: one submission in every format through `chushen review`; writes docs/formats.md.

With names, only those formats are reviewed and their lines renewed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from format_samples import ALL, made

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "formats.md"
FACTS = ("title", "unit", "nature", "total_wan", "period")
ANSWERED = frozenset({"present", "merged", "thin"})
HEAD = """# 各种格式

由 `make formats` 生成，请勿手改。同一份申报材料（建设方案、申报表）做成各种格式，逐一用 `chushen review` 审核。
“章节”是方案的必要内容中答上的条数，“事实”是名称、单位、性质、总投资、周期五项中与 docx 一致的项数，
“概算”是方案中概算的合计是否读出，
“说明”是报告“未能核实”中与读取有关的内容。图片和扫描件由程序识别；doc、wps、rtf、odt、ods 由 LibreOffice 转换。

| 格式 | 读作 | 章节 | 事实 | 概算 | 结果 | 说明 |
|---|---|---|---|---|---|---|
"""


def review(folder: Path) -> dict[str, Any] | str:
    """Return the report of a submission, or why there is none."""
    command = [Path(sys.executable).with_name("chushen"), "review", folder, "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"退出状态 {done.returncode}"
    return report


def row(name: str, report: Mapping[str, Any] | str, right: Mapping[str, Any]) -> str:
    """Return one line of the table: a format beside the same papers as docx."""
    if isinstance(report, str):
        return f"| {name} | – | – | – | – | 未读 | {report} |"
    rows = [r for r in report["completeness"] if r["mandatory"] and r["template"].count(".")]
    answered = sum(r["status"] in ANSWERED for r in rows)
    facts = sum(report["submission"][key] == right["submission"][key] for key in FACTS)
    sums = any(f["key"] == "total_wan" and f["source"].startswith("plan:15") for f in _sourced(report))
    formats = "、".join(dict.fromkeys(d["format"] for d in report["documents"]))
    told = "；".join(n["why"] for n in report["not_checked"] if not n["rules"])
    whole = answered == len(rows) and facts == len(FACTS) and sums
    return (
        f"| {name} | {formats} | {answered}/{len(rows)} | {facts}/{len(FACTS)} | {'是' if sums else '否'} | "
        f"{'全部读出' if whole else '部分读出'} | {told or '无'} |"
    )


def _sourced(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the facts with the template number of the plan's section they stand in."""
    out = []
    for fact in report["facts"]:
        place = fact["evidence"]
        document = next((d for d in report["documents"] if d["name"] == place["document"]), None)
        section = place["section"] if document and document["kind"] == "plan" else None
        numbers = document["sections"][section]["template"] if document and section is not None else []
        out.append({**fact, "source": f"plan:{numbers[0]}" if numbers else ""})
    return out


def write(lines: Iterable[str]) -> None:
    """Put lines of the table into the page; those of formats that were not asked for this time stay."""
    old = PAGE.read_text("utf-8").splitlines() if PAGE.exists() else []
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in (*old, *lines) if line.startswith("| ")}
    PAGE.write_text(HEAD + "".join(f"{rows[name]}\n" for name in ALL if name in rows), "utf-8")


def main(names: list[str]) -> int:
    """Review every format, or those named; put the lines into the page; 1 where something is not read."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        right = review(made("docx", Path(folder) / "right"))
        if isinstance(right, str):
            raise SystemExit(right)
        for name in names or ALL:
            lines.append(row(name, review(made(name, Path(folder))), right))
            print(lines[-1], flush=True)
    write(lines)
    return int(any("全部读出" not in line for line in lines))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
