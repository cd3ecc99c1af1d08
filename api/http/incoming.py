"""What a reviewer sends in, and the version they saw of what they change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.http.desk import reviewer_of
from api.http.problems import ProblemError
from api.store import ConflictError
from api.store.decisions import Opinion, Views

Upon = Annotated[str, Header(alias="If-Match", max_length=40, description='读到的版本，如 "3"；代替正文里的 version')]
Severity = Literal["", "blocker", "warning", "notice"]
Measure = Literal["", "核减", "复用", "整合", "暂缓", "会商", "说明", "备案", "转办"]
Amount = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]
Version = Annotated[int | None, Field(ge=0, description="读到的版本，第一次是 0；也可以用 If-Match")]


class DecisionIn(BaseModel):
    """What a person says of a finding, made upon the version they saw (0 before the first)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"verdict": "rejected", "reason": "附件3已说明", "version": 0},
                {"verdict": "changed", "reason": "一期已建", "measure": "核减", "amount_wan": 12.5, "version": 1},
            ]
        },
    )

    verdict: Literal["accepted", "rejected", "changed", "open"]
    reason: str = Field(default="", max_length=2000)
    severity: Severity = ""
    message: str = Field(default="", max_length=4000)
    suggestion: str = Field(default="", max_length=2000)
    measure: Measure = ""
    amount_wan: Amount = None
    version: Version = None


class FindingIn(BaseModel):
    """A finding a person adds, by the text they marked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"title": "接口未落实", "document": "建设方案.docx", "paragraph": 12, "quote": "由对方提供"}]
        },
    )

    title: str = Field(min_length=1, max_length=100)
    message: str = Field(default="", max_length=4000)
    suggestion: str = Field(default="", max_length=2000)
    severity: Literal["blocker", "warning", "notice"] = "warning"
    measure: Measure = ""
    amount_wan: Amount = None
    document: str = Field(default="", max_length=500)
    paragraph: int | None = Field(default=None, ge=0)
    row: int | None = Field(default=None, ge=0)
    quote: str = Field(default="", max_length=200)


class OpinionIn(BaseModel):
    """The reviewer's opinion, made upon the version they saw."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "请补充等保定级说明。", "advice": "建议补正后再审", "version": 0,
                 "views": {"牵头部门": "同意立项，优先级为高"}, "dispute": ""}
            ]
        },
    )  # fmt: skip

    text: str = Field(max_length=20_000)
    advice: Literal["", "建议进入评审", "建议补正后再审", "建议不予立项", "无需申报", "不予受理"] = ""
    views: dict[Annotated[str, Field(min_length=1, max_length=40)], Annotated[str, Field(max_length=200)]] | None = (
        Field(default=None, max_length=20, description="各方意见；不写则保留原有的")
    )
    dispute: str | None = Field(default=None, max_length=200, description="分歧；不写则保留原有的")
    version: Version = None

    def written(self, kept: Views) -> Opinion:
        """Return the opinion as it is stored; what was not sent stays as it is kept."""
        parties = kept.parties if self.views is None else {k: v for k, v in self.views.items() if v.strip()}
        dispute = kept.dispute if self.dispute is None else self.dispute
        return Opinion(self.text, self.advice, Views(parties, dispute))


def etag(version: int | str) -> str:
    """Return a version or a hash as an entity tag."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a change, and the If-Match they sent ("" where none)."""

    by: str
    tag: str = ""

    def upon(self, given: int | None) -> int:
        """Return the version a change is made upon, out of the body or of If-Match.

        Raises:
            ProblemError: 428 where neither says one, 412 where the tag is none of ours.
        """
        if not self.tag:
            if given is None:
                raise ProblemError(428, "请带上读到的版本：正文里的 version，或请求头 If-Match")
            return given
        number = self.tag.removeprefix("W/").strip('"')
        if not number.isdecimal() or (given is not None and given != int(number)):
            raise ProblemError(412, "If-Match 里不是现在的版本，请重新读取")
        return int(number)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say a conflict as who named the version by If-Match expects it: 412 instead of 409."""
        try:
            yield
        except ConflictError as error:
            if self.tag:
                raise ProblemError(412, str(error)) from None
            raise


def _asker(request: Request, tag: Upon = "") -> Asker:
    return Asker(reviewer_of(request), tag)


Asks = Annotated[Asker, Depends(_asker)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which submissions are wanted (`api.store.submissions.ASKED`)."""

    year: Annotated[str, Query(description="年度")] = ""
    unit: Annotated[str, Query(description="申报单位")] = ""
    domain: Annotated[str, Query(description="数字化改革领域")] = ""
    kind: Annotated[str, Query(description="新申报、补正……")] = ""
    state: Annotated[str, Query(description="waiting running done failed refused cancelled")] = ""
    advice: Annotated[str, Query(description="结论，人定的在先")] = ""
    batch: Annotated[str, Query(description="批次")] = ""
    q: Annotated[str, Query(description="项目、单位、来件名里的字")] = ""
    rule: Annotated[str, Query(description="有这条规则的问题")] = ""
    fault: Annotated[str, Query(description="连同 rule：有这个标题的问题")] = ""
    current: Annotated[str, Query(description="1：补正过的只留最近一次")] = ""
