"""`chushen corpus …`: the register of existing systems."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from api.cli import DONE, USAGE

if TYPE_CHECKING:
    from corpus.register import RegisterStore
    from models.domain.register import System

_SHOWN = 20


def import_(arguments: argparse.Namespace) -> int:
    """Add or update systems by id; say what was added, updated, unchanged, refused."""
    from corpus.register import column_map, read_systems

    if not arguments.file.is_file():
        print(f"{arguments.file}：没有这个文件", file=sys.stderr)
        return USAGE
    result = read_systems(arguments.file, column_map(arguments.map))
    counts = _store().put(result, dry_run=arguments.dry_run, source=arguments.file.name)
    head = "试导入（未写入）：" if arguments.dry_run else ""
    print(
        f"{head}新增{counts.added}个，更新{counts.updated}个，未变{counts.unchanged}个，未采纳{len(counts.refused)}行"
    )
    for row in counts.refused:
        print(f"第{row.row}行：{row.why}", file=sys.stderr)
    return DONE


def join_(arguments: argparse.Namespace) -> int:
    """Put an approved proposal into the register, out of its report."""
    from api.joining import joined
    from api.reports.json import read
    from api.settings import settings
    from corpus.policies import load_policy
    from corpus.register import ImportResult
    from models.units import Units

    try:
        report = read(arguments.report.read_bytes())
    except (OSError, ValueError):
        print(f"{arguments.report}：不是能读的 report.json", file=sys.stderr)
        return USAGE
    units = Units.of(load_policy(arguments.policy or settings().policy).data)
    store = _store()
    system = joined(report, store, units, arguments.id)
    counts = store.put(ImportResult((system,)), source=arguments.report.name)
    done = "已入台账" if counts.added else "已更新" if counts.updated else "台账中已有，未变"
    print(f"{done}：{_line(system)}（功能{len(system.functions)}项）")
    return DONE


def list_(_arguments: argparse.Namespace) -> int:
    """Print every system, one a line."""
    for system in _store().each():
        print(_line(system))
    return DONE


def search_(arguments: argparse.Namespace) -> int:
    """Print the systems nearest to a text, best first."""
    from api.settings import settings
    from api.wiring import matcher_of
    from corpus.register import open_stored
    from models.domain.errors import InstallationError

    try:
        embedder = matcher_of(settings())
    except InstallationError as error:
        print(f"{error}；本次只按文字查找", file=sys.stderr)
        embedder = None
    found = open_stored(settings().database, embedder).search_text(arguments.text, _SHOWN)
    for system, score in found:
        print(f"{score:6.3f}\t{_line(system)}")
    if not found:
        print("台账为空，请先导入台账（chushen corpus import）", file=sys.stderr)
    return DONE


def export_(arguments: argparse.Namespace) -> int:
    """Write the register as csv, xlsx or json."""
    if not arguments.file.resolve().parent.is_dir():
        print(f"{arguments.file.parent}：没有这个文件夹", file=sys.stderr)
        return USAGE
    print(f"已导出{_store().export(arguments.file)}个系统：{arguments.file}")
    return DONE


def remove_(arguments: argparse.Namespace) -> int:
    """Remove systems by id; an id that is not there is wrong use, the others are removed."""
    removed = _store().remove(arguments.ids)
    print(f"已删除{len(removed)}个系统")
    unknown = [i for i in arguments.ids if i not in removed]
    for number in unknown:
        print(f"{number}：台账中没有这个编号", file=sys.stderr)
    return USAGE if unknown else DONE


def stats_(_arguments: argparse.Namespace) -> int:
    """Print how many systems there are, in all and by level, status and unit."""
    for title, counts in _store().stats().items():
        print(title)
        for name, number in counts.items():
            print(f"  {name}\t{number}")
    return DONE


def history_(arguments: argparse.Namespace) -> int:
    """Print what changed of a system, when and by which file."""
    changes = _store().history(arguments.id)
    for change in changes:
        print(f"{change.at}\t{change.kind}\t{change.source or '（未注明来源）'}")
        for name, before, after in change.fields if change.kind == "更新" else ():
            print(f"  {name}：{before or '（空）'} → {after or '（空）'}")
    if not changes:
        print(f"{arguments.id}：没有变更记录", file=sys.stderr)
    return DONE if changes else USAGE


def calibrate_(arguments: argparse.Namespace) -> int:
    """Write the threshold that the labels give into the pack; say its precision and recall."""
    from api.calibration import calibrate, read_labels, write
    from api.settings import settings
    from corpus.policies.loader import pack_folder

    if not arguments.labels.is_file():
        print(f"{arguments.labels}：没有这个文件", file=sys.stderr)
        return USAGE
    pairs = read_labels(arguments.labels)
    found = calibrate(pairs)
    path = write(pack_folder(arguments.policy or settings().policy), found, pairs)
    print(
        f"按{found.pairs}对标注：概率{found.least:.2f}（含）以上认定，"
        f"准确率{found.precision:.3f}，召回率{found.recall:.3f}；已写入 {path}"
    )
    return DONE


def _store() -> RegisterStore:
    from api.settings import settings
    from corpus.register import RegisterStore

    return RegisterStore(settings().database)


def _line(system: System) -> str:
    return "\t".join([system.id, system.name, system.unit, system.level, system.status, system.year])  # noqa: FLY002  six cells of a line
