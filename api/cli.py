# ruff: noqa: T201 -- printing is its work
"""Command line `chushen`: parses, runs a command, turns errors into exit statuses; nothing else is decided here."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

DONE, FAIL_ON, USAGE, NO_REPORT, LACKING = range(5)
# Functions of ingest.child.
_CHILDREN = {"read-one": "main", "read-scan": "scan", "convert": "convert", "unpack": "unpack", "note-pdf": "note"}

_FORMATS = "json,html,docx,pdf"
_KINDS = "初审意见、补正通知、批注、第三方简报、一页纸、核减表、比对表、补正对照、汇总"
_SAID = (  # what argparse says in English, in Chinese
    (re.compile(r"the following arguments are required: (.+)"), r"缺少参数：\1"),
    (re.compile(r"unrecognized arguments: (.+)"), r"不认识的参数：\1"),
    (re.compile(r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)"), r"\1 不能是 \2，可选：\3"),
    (re.compile(r"argument (.+?): expected one argument"), r"\1 后面缺少值"),
    (re.compile(r"argument (.+?): expected at least one argument"), r"\1 后面缺少值"),
    (re.compile(r"argument (.+?): invalid \S+ value: (.+)"), r"\1 的值不对：\2"),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        for pattern, chinese in _SAID:
            message = pattern.sub(chinese, message)
        print(f"用法错误：{message}（{self.prog} --help 查看用法）", file=sys.stderr)
        raise SystemExit(USAGE)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Entry point of the console script; ends the process with the contract's exit status."""
    raise SystemExit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run one command line and return its exit status."""
    if argv[:1] and argv[0] in _CHILDREN:  # no parser, no settings: they must start fast
        from ingest import child

        return int(getattr(child, _CHILDREN[argv[0]])(argv[1:]))
    _utf8()
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0) if not isinstance(stop.code, str) else USAGE
    try:
        module, _, function = str(arguments.run).partition(":")
        return int(getattr(import_module(f"api.commands.{module}"), function)(arguments))
    except KeyboardInterrupt:
        return _told("已中断。", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001  the edge: every error becomes one Chinese line and a status
        return _failed(error)


def _failed(error: Exception) -> int:
    from models.domain.errors import ChushenError, InstallationError, PolicyError

    if isinstance(error, InstallationError):
        return _told(str(error), LACKING)
    if isinstance(error, PolicyError):
        return _told(str(error), USAGE)
    if isinstance(error, ChushenError):
        return _told(str(error), NO_REPORT)
    if isinstance(error, ModuleNotFoundError):
        return _told(f"本机缺少组件 {error.name}（请重新安装 chushen，或运行 chushen doctor 查看）", LACKING)
    if os.environ.get("CHUSHEN_DEBUG"):
        raise error
    if isinstance(error, OSError):
        return _told(f"{error.filename or '文件'}：{error.strerror or error}（请检查路径、权限和磁盘空间）", NO_REPORT)
    return _told(
        f"程序出错：{type(error).__name__}: {' '.join(str(error).split())}（设 CHUSHEN_DEBUG=1 可看详情）", NO_REPORT
    )


def _told(line: str, status: int) -> int:
    print(" ".join(line.splitlines()), file=sys.stderr)
    return status


def _utf8() -> None:
    # A terminal with another encoding must not stop a Chinese report.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    from api import version

    top = _Parser(prog="chushen", description="初审：政府投资信息化项目建设方案的初步审核", allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"chushen {version()}")
    commands = top.add_subparsers(title="命令", metavar="命令", required=True, dest="command", parser_class=_Parser)
    _review(commands.add_parser("review", help="审核一个项目的申报材料", allow_abbrev=False))
    _batch(commands.add_parser("batch", help="审核一个文件夹下的全部项目", allow_abbrev=False))
    _corpus(commands.add_parser("corpus", help="已有系统台账", allow_abbrev=False))
    _papers(commands)
    _small(commands)
    return top


def _review(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="文件、一个文件夹或一个压缩包")
    command.add_argument("--out", type=Path, metavar="DIR", help="报告放在哪里")
    command.add_argument("--json", action="store_true", help="只在标准输出上给出 JSON 报告")
    command.add_argument("--fail-on", choices=("blocker", "warning"), help="有此级别及以上的问题时退出状态为1")
    command.add_argument("--timings", action="store_true", help="在标准错误上给出各步用时")
    _common(command, "json,html,docx")
    command.set_defaults(run="review:run")


def _batch(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="其下每个含文件的最上层文件夹是一个项目")
    command.add_argument("--out", type=Path, metavar="DIR", required=True, help="报告放在哪里")
    command.add_argument("--workers", type=_positive, metavar="N", help="同时审核几个项目（默认按处理器数）")
    command.add_argument("--no-intake", action="store_true", help="不比较本批项目之间的重复")
    command.add_argument("--force", action="store_true", help="已完成的也重新审核")
    _common(command, "json")
    command.set_defaults(run="batch:run")


def _papers(commands: argparse._SubParsersAction[_Parser]) -> None:
    papers = commands.add_parser("papers", help="生成文书：初审意见、补正通知、批注、第三方简报等", allow_abbrev=False)
    papers.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="申报材料；汇总则为一批的审核结果文件夹")
    papers.add_argument("--kind", type=_kinds, required=True, metavar="初审意见,…", help=f"哪几种：{_KINDS}")
    papers.add_argument("--out", type=Path, metavar="DIR", required=True, help="文书放在哪里")
    papers.add_argument("--decisions", type=Path, metavar="FILE", help="审核人员的决定（json），写法见 docs/papers.md")
    papers.add_argument("--previous", type=Path, metavar="PATH", help="上次报送的材料，补正对照用")
    papers.add_argument("--template", type=Path, metavar="DOCX", help="用单位自己的 Word 格式（只配一种文书）")
    papers.add_argument("--blind", action="store_true", help="第三方简报用盲评版")
    papers.add_argument("--corpus", type=Path, metavar="FILE", help="与此清单比对（csv、xlsx、json），不用台账")
    papers.set_defaults(run="papers:run")
    report = commands.add_parser("report", help="文书的样子", allow_abbrev=False)
    actions = report.add_subparsers(title="操作", metavar="操作", required=True, dest="action", parser_class=_Parser)
    preview = actions.add_parser("preview", help="用虚构的数据生成政策包的各种文书", allow_abbrev=False)
    preview.add_argument("pack", metavar="PACK")
    preview.add_argument("--out", type=Path, metavar="DIR", default=Path("文书样子"), help="默认 文书样子")
    preview.set_defaults(run="papers:preview")
    papers.add_argument("--policy", default="", metavar="PACK", help="政策包：名称或文件夹")
    for command in (papers, preview):
        command.add_argument("--format", type=_paper_formats, metavar="docx,pdf", default=("docx",), help="默认 docx")


def _kinds(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split("[,，、]", text) if part.strip()))


def _paper_formats(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not wanted or not set(wanted) <= {"docx", "pdf"}:
        raise argparse.ArgumentTypeError(f"文书格式只能是 docx、pdf，不能是“{text}”")
    return wanted


def _common(command: argparse.ArgumentParser, formats: str) -> None:
    command.add_argument("--corpus", type=Path, metavar="FILE", help="与此清单比对（csv、xlsx、json），不用台账")
    command.add_argument("--policy", default="", metavar="PACK", help="政策包：名称或文件夹")
    command.add_argument("--format", type=_formats, metavar=_FORMATS, default=_formats(formats), help=f"默认 {formats}")


def _formats(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not wanted or not set(wanted) <= set(_FORMATS.split(",")):
        raise argparse.ArgumentTypeError(f"报告格式只能是 {_FORMATS} 中的几种，不能是“{text}”")
    return wanted


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"应为正整数，不能是“{text}”")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"端口应在 0 到 65535 之间，不能是“{text}”")
    return int(text)


def _corpus(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(title="操作", metavar="操作", required=True, dest="action", parser_class=_Parser)
    for name, text in (
        ("import", "导入或更新台账"),
        ("join", "把获批的项目按其报告列入台账（已批未建）"),
        ("list", "列出台账"),
        ("search", "查找相近系统"),
        ("export", "导出台账"),
        ("remove", "删除系统"),
        ("stats", "台账概况"),
        ("history", "一个系统的变更记录"),
        ("calibrate", "按标注定认定重复的界限，写入政策包"),
    ):
        action = actions.add_parser(name, help=text, allow_abbrev=False)
        action.set_defaults(run=f"register:{name}_")
        if name in {"import", "export"}:
            action.add_argument("file", type=Path, metavar="FILE")
        if name == "import":
            action.add_argument("--dry-run", action="store_true", help="只检查，不写入")
            action.add_argument(
                "--map", action="append", default=[], metavar="列名=字段", help="哪一列是哪个字段，可多次"
            )
        if name == "join":
            action.add_argument("report", type=Path, metavar="REPORT.json")
            action.add_argument("--id", default="", metavar="ID", help="台账编号（默认由单位和项目名称生成）")
        if name == "search":
            action.add_argument("text", metavar="TEXT")
        if name == "remove":
            action.add_argument("ids", nargs="+", metavar="ID")
        if name == "history":
            action.add_argument("id", metavar="ID")
        if name == "calibrate":
            action.add_argument("labels", type=Path, metavar="LABELS", help="csv：报告、编号、结论")
        if name in {"calibrate", "join"}:
            action.add_argument("--policy", default="", metavar="PACK", help="政策包：名称或文件夹")


def _small(commands: argparse._SubParsersAction[_Parser]) -> None:
    outline = commands.add_parser("outline", help="列出一个文件的章节", allow_abbrev=False)
    text = commands.add_parser("text", help="给出一个文件的纯文本", allow_abbrev=False)
    for command, run in ((outline, "reading:outline"), (text, "reading:text")):
        command.add_argument("file", type=Path, metavar="FILE")
        command.set_defaults(run=run)
    outline.add_argument("--policy", default="", metavar="PACK", help="政策包：名称或文件夹")
    policy = commands.add_parser("policy", help="政策包", allow_abbrev=False)
    actions = policy.add_subparsers(title="操作", metavar="操作", required=True, dest="action", parser_class=_Parser)
    check = actions.add_parser("check", help="用政策包自带的例句检查它自己", allow_abbrev=False)
    check.add_argument("pack", metavar="PACK")
    check.set_defaults(run="rules:check")
    explain = commands.add_parser("explain", help="一条规则的说明", allow_abbrev=False)
    explain.add_argument("rule", metavar="RULE")
    explain.set_defaults(run="rules:explain")
    serve = commands.add_parser("serve", help="启动网页和接口服务", allow_abbrev=False)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.set_defaults(run="service:serve")
    worker = commands.add_parser("worker", help="给审核队列再加一个进程", allow_abbrev=False)
    worker.set_defaults(run="service:worker")
    doctor = commands.add_parser("doctor", help="检查本机安装", allow_abbrev=False)
    doctor.set_defaults(run="service:doctor")
