"""Puts the parts together once per process: policy, embedder, language layer, register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.domain.errors import ChushenError, InstallationError
from models.domain.report import NotChecked

if TYPE_CHECKING:
    from api.settings import Settings
    from models.domain.document import Document
    from models.domain.outline import Section
    from models.domain.policy import Policy
    from models.domain.register import Register
    from models.embedder import Embedder
    from models.judgement import Judge

REGISTER_RULES = ("NEG-2B", "NEG-3")
NEGATIVE_RULES = ("NEG-1", "NEG-2A", "NEG-2B", "NEG-2C", "NEG-2D", "NEG-3", "NEG-4", "NEG-5")


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything a review needs that does not depend on the submission.

    `lacking`: what could not be loaded, told in every report made with it.
    """

    policy: Policy
    embedder: Embedder | None = None  # reads titles and sentences
    matcher: Embedder | None = None  # compares proposals with systems
    judge: Judge | None = None
    register: Register | None = None
    lacking: tuple[NotChecked, ...] = ()


def assemble(settings: Settings, policy: str = "", corpus: Path | None = None) -> Workbench:
    """Load policy, models and register.

    Args:
        settings: where everything lies.
        policy: id of a shipped pack or a folder; "" for the installation's default.
        corpus: a list to compare with instead of the stored register.

    Raises:
        PolicyError: the pack does not hold together.
        RegisterError: the list cannot be read.
    """
    from corpus.policies import load_policy

    pack = load_policy(policy or settings.policy)
    lacking: list[NotChecked] = []
    embedder, matcher = _embedder(embedder_of, settings, lacking), _embedder(matcher_of, settings, lacking)
    judge = _judge(pack, settings, lacking)
    register = _register(settings, corpus, matcher)
    if register is None or register.size == 0:
        register = None
        lacking.append(
            NotChecked("与已有系统的比对", "已有系统台账为空，请先导入台账（chushen corpus import）", REGISTER_RULES)
        )
    return Workbench(pack, embedder, matcher, judge, register, tuple(dict.fromkeys(lacking)))


def embedder_of(settings: Settings) -> Embedder:
    """Return this installation's embedder; vectors once computed are kept in its home.

    Raises:
        InstallationError: none is set up.
    """
    from models.e5.convert import NAME

    return _loaded(settings, NAME)


def matcher_of(settings: Settings) -> Embedder:
    """Return the embedder the register is compared with: its upper layers know which businesses are the same.

    Raises:
        InstallationError: none is set up.
    """
    from models.e5.convert import REGISTER

    return _loaded(settings, REGISTER)


def _loaded(settings: Settings, name: str) -> Embedder:
    from models.embedder import ADVICE, load_embedder

    folder = settings.models / name
    if not settings.embedder and not folder.is_dir():
        raise InstallationError("还没有安装句向量模型", name=str(folder), advice=ADVICE)
    return load_embedder(settings.embedder or folder, settings.home / "vectors.db")


def _embedder(load: Callable[[Settings], Embedder], settings: Settings, lacking: list[NotChecked]) -> Embedder | None:
    try:
        return load(settings)
    except InstallationError as error:
        lacking.append(NotChecked("句向量模型", str(error), REGISTER_RULES))
        return None


def reader_of(settings: Settings) -> Embedder:
    """Return the encoder that was taught to judge; no other can take its place.

    Raises:
        InstallationError: it is not set up.
    """
    from models.e5.convert import JUDGE
    from models.embedder import ADVICE, load_embedder

    folder = settings.models / JUDGE
    if not folder.is_dir():
        raise InstallationError("还没有安装语句判断模型", name=str(folder), advice=ADVICE)
    return load_embedder(folder, settings.home / "vectors.db")


def _judge(policy: Policy, settings: Settings, lacking: list[NotChecked]) -> Judge | None:
    from models.judgement import Judge

    reader: Embedder | None = None
    try:
        reader = reader_of(settings)
    except InstallationError as error:
        lacking.append(NotChecked("语句判断（只按词句，未用模型）", str(error), NEGATIVE_RULES))
    try:
        return Judge(policy.lexicon, policy.field_words, reader)
    except ChushenError as error:
        lacking.append(NotChecked("语句判断", str(error), NEGATIVE_RULES))
        return None


def _register(settings: Settings, corpus: Path | None, embedder: Embedder | None) -> Register | None:
    from corpus.register import open_register, open_stored, read_systems

    if corpus is not None:
        return open_register(read_systems(corpus).systems, embedder)
    return open_stored(settings.database, embedder)


def aligned(settings: Settings, document: Document, policy: str = "") -> tuple[Section, ...]:
    """Return the outline of any document with template numbers, whatever its part in a submission would be."""
    from corpus.policies import load_policy
    from models.alignment import align
    from models.outline import outline

    sections = outline(document)
    return align(document, sections, load_policy(policy or settings.policy), _embedder(embedder_of, settings, []))


def stamps(settings: Settings, policy: str = "", corpus: Path | None = None) -> tuple[str, ...]:
    """Return what decides a report besides the submission: policy, embedder and register, each as a hash or name."""
    from corpus.policies import load_policy
    from corpus.register import RegisterStore, open_register, read_systems

    pack = load_policy(policy or settings.policy)
    try:
        embedder = f"{embedder_of(settings).name} {matcher_of(settings).name}"
    except InstallationError:
        embedder = ""
    listed = open_register(read_systems(corpus).systems, None).sha256 if corpus else None
    register = RegisterStore(settings.database).state().sha256 if listed is None else listed
    return pack.id, pack.sha256, embedder, register
