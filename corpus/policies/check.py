"""Proves a pack by its own samples: texts that must raise a rule, and texts that must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from corpus.policies.loader import SAMPLES, load_policy, pack_folder
from corpus.policies.schema import SampleFile
from corpus.policies.yamlfile import explain, fail, read_marked
from models.domain.finding import Severity
from models.domain.policy import Policy

KINDS = ("fails", "passes", "notices")


@dataclass(frozen=True, slots=True)
class Place:
    """Words and where in a submission they stand."""

    text: str
    where: str  # 正文 表格 申报表 脚注 附件 概算 台账 文件名 页眉 水印 属性
    section: str  # template number the text stands under, "" where it does not matter


@dataclass(frozen=True, slots=True)
class Sample:
    """One text with what the pack says of it; `kind` is fails, passes or notices.

    `beside`: other places of the same submission, without which a reviewer could not tell.
    """

    rule: str
    kind: str
    place: Place
    category: str
    beside: tuple[Place, ...]
    file: str
    line: int

    @property
    def text(self) -> str:
        """Return the words judged."""
        return self.place.text


@dataclass(frozen=True, slots=True)
class Failure:
    """A sample that came out otherwise than its pack says."""

    sample: Sample
    raised: tuple[str, ...]

    def __str__(self) -> str:
        """One line: file:line, what was expected, what was raised."""
        want = {"fails": "应报", "passes": "不应报", "notices": "至多警示"}[self.sample.kind] + " " + self.sample.rule
        return (
            f"{self.sample.file}:{self.sample.line}：{want}，实报 {'、'.join(self.raised) or '无'}：{self.sample.text}"
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the samples of a pack came to: `checked` per rule, and those that failed."""

    checked: dict[str, int]
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """Whether every sample came out as its pack says."""
        return not self.failures


Judge = Callable[[str, Sample, Policy], dict[str, Severity]]


def samples(pack: str | Path = "gongshu-2021") -> tuple[Sample, ...]:
    """Return all samples of a pack, in the order of files and lines; PolicyError for a bad file or an unknown rule."""
    policy, folder = load_policy(pack), pack_folder(pack)
    paths = sorted((folder / SAMPLES).glob("**/*.yaml"))
    return tuple(s for path in paths for s in _read(path, path.relative_to(folder).as_posix(), policy))


def _read(path: Path, name: str, policy: Policy) -> Iterator[Sample]:
    """Yield the samples of one file with their lines."""
    marked = read_marked(path, name)
    try:
        file = SampleFile.model_validate(marked.value)
    except ValidationError as error:
        explain(error, marked)
    if policy.rules and file.rule not in policy.rules:
        fail(marked.place(("rule",)), f"规则“{file.rule}”不在 rules.yaml 里")
    for kind in KINDS:
        for i, entry in enumerate(getattr(file, kind)):
            line = marked.place((kind, i))[1]
            beside = tuple(Place(b.text, b.where, b.section) for b in entry.beside)
            place = Place(entry.text, entry.where, entry.section)
            yield Sample(file.rule, kind, place, entry.category, beside, name, line)


def check_pack(pack: str | Path, judge: Judge) -> CheckResult:
    """Run all samples of a pack through `judge(rule, sample, policy)`.

    `judge` returns the rules raised for the sample's text with their gravest severity. `fails` must raise the rule as
    blocker or warning, `passes` must not, `notices` (arguable texts) must not be a blocker. A rule given without its
    template number (SEC) is met by any of its kind (SEC-1.7).
    """
    policy = load_policy(pack)
    checked: dict[str, int] = {}
    failures: list[Failure] = []
    for sample in samples(pack):
        checked[sample.rule] = checked.get(sample.rule, 0) + 1
        raised = judge(sample.rule, sample, policy)
        own = {s for r, s in raised.items() if r == sample.rule or r.startswith(sample.rule + "-")}
        if not _as_said(sample.kind, own):
            failures.append(Failure(sample, tuple(f"{r}（{s}）" for r, s in sorted(raised.items()))))
    return CheckResult(checked, tuple(failures))


def _as_said(kind: str, own: set[Severity]) -> bool:
    if kind == "notices":
        return Severity.BLOCKER not in own
    return bool(own - {Severity.NOTICE}) == (kind == "fails")
