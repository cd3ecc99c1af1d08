"""What of this installation works, checked by using it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.domain.errors import ChushenError

if TYPE_CHECKING:
    from api.settings import Settings

_LOW_SPACE_MB = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """One part: `fine`, what was seen, and whether no review is possible without it."""

    part: str
    fine: bool
    said: str
    needed: bool = False


def examine(settings: Settings) -> tuple[Answer, ...]:
    """Try every part of the installation."""
    parts: tuple[tuple[str, Callable[[Settings], str], bool], ...] = (
        ("政策包", _policy, True),
        ("句向量模型", _embedder, True),
        ("中文分词和语句判断", _language, True),
        ("数据文件夹", _home, True),
        ("台账数据库", _database, True),
        ("审核队列", _queue, False),
        ("读取子进程", _reader, True),
        ("文字识别（OCR）", _recognition, False),
        ("公文字体", _fonts, False),
        ("PDF 文书", _pdf, False),
    )
    return (*(_tried(*part, settings) for part in parts), *_converters())


def possible(answers: tuple[Answer, ...]) -> bool:
    """Say whether a review is possible."""
    return all(a.fine for a in answers if a.needed)


def _tried(part: str, ask: Callable[[Settings], str], needed: bool, settings: Settings) -> Answer:  # noqa: FBT001
    try:
        return Answer(part, fine=True, said=ask(settings), needed=needed)
    except ChushenError as error:
        return Answer(part, fine=False, said=str(error), needed=needed)
    except Exception as error:  # noqa: BLE001  whatever is broken here is what the person wants to hear
        return Answer(part, fine=False, said=f"{type(error).__name__}: {error}", needed=needed)


def _queue(settings: Settings) -> str:
    from api.store import Jobs, open_database

    counts = Jobs(open_database(settings.database)).counts()
    return f"排队{counts.get('waiting', 0)}个，进行中{counts.get('running', 0)}个，未完成{counts.get('failed', 0)}个"


def _policy(settings: Settings) -> str:
    from corpus.policies import load_policy

    policy = load_policy(settings.policy)
    return f"{policy.id} {policy.version}，{len(policy.template)}项模板，{len(policy.rules)}条规则"


def _embedder(settings: Settings) -> str:
    from api.wiring import embedder_of, matcher_of, reader_of

    models = (embedder_of(settings), matcher_of(settings), reader_of(settings))
    width = models[1].encode(["安装检查"], "query").shape[1]
    return f"{'、'.join(m.name for m in models)}，{width}维"


def _language(settings: Settings) -> str:
    from importlib.metadata import version

    from corpus.policies import load_policy
    from models.judgement import Judge

    policy = load_policy(settings.policy)
    Judge(policy.lexicon, policy.field_words).judge(["本项目不新建机房。"])
    return f"spaCy {version('spacy')}，jieba"


def _home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe = settings.home / ".doctor"
    probe.write_bytes(b"x")
    probe.unlink()
    free = shutil.disk_usage(settings.home).free // 2**20
    if free < _LOW_SPACE_MB:
        raise ChushenError(f"磁盘只剩{free} MB", name=str(settings.home), advice="请清理磁盘")
    return f"{settings.home}，剩余{free // 1024} GB"


def _database(settings: Settings) -> str:
    from corpus.register import RegisterStore

    store = RegisterStore(settings.database)
    number = store.state().size
    return f"{store.told()}，{number}个系统" + ("" if number else "（空，请用 chushen corpus import 导入）")


def _reader(_settings: Settings) -> str:
    import tempfile
    from pathlib import Path

    from ingest.sandbox import read_safely

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "检查.txt"
        file.write_text("安装检查。\n", encoding="utf-8")
        read_safely(file, file.name)
    return "正常"


def _fonts(_settings: Settings) -> str:
    tool = shutil.which("fc-list")
    if tool is None:
        return "本机没有 fc-list，无法查看；报告只写字体名，由打开它的 Word 提供字体"
    listed = subprocess.run(  # noqa: S603  the path which() found, fixed arguments
        [tool, ":lang=zh", "family"], capture_output=True, text=True, timeout=30, check=False
    ).stdout
    known = [
        name for name in ("仿宋_GB2312", "FangSong_GB2312", "小标宋", "楷体_GB2312", "黑体", "SimHei") if name in listed
    ]
    return f"已装：{'、'.join(known)}" if known else "未装公文字体；报告只写字体名，由打开它的 Word 提供字体"


def _pdf(_settings: Settings) -> str:
    from api.reports.typeset import fonts

    return f"可以生成，正文用{fonts()}"


def _recognition(_settings: Settings) -> str:
    from importlib.metadata import version

    from ingest.scan.engine import engine

    engine()
    return f"rapidocr {version('rapidocr')}，扫描件和图片可读"


def _converters() -> tuple[Answer, ...]:
    """Say which programs outside this installation are there, and what cannot be read without them."""
    from ingest.office import antiword, office
    from ingest.unpacked import rar_tool

    found = office()
    without = "doc、wps 只能由 antiword 读取，rtf、odt 不能读取" if antiword() else "doc、wps、rtf、odt 不能读取"
    return (
        Answer("LibreOffice", bool(found), found or f"未安装：{without}（apt-get install libreoffice-writer-nogui）"),
        Answer(
            "antiword",
            bool(antiword()),
            antiword() or "未安装：LibreOffice 读不全的 doc 不能补读（apt-get install antiword）",
        ),
        Answer("rar 解压程序", bool(rar_tool()), rar_tool() or "未安装：rar 不能解压（apt-get install unar）"),
    )
