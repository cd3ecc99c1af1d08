"""What the files of a policy pack may hold; anything else is an error that names file and line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Number = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*(\.[1-9]\d*){0,2}$")]
MeasureKind = Literal["", "核减", "复用", "整合", "暂缓", "会商", "说明", "备案", "转办"]


class Entry(BaseModel):
    """Base of all entries: unknown keys are refused, so that a typing slip cannot silence a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClauseEntry(Entry):
    """A clause or sub-clause with its words."""

    ref: Text
    text: Text


class TemplateEntry(Entry):
    """A chapter, section or item of the template (fields as `models.domain.policy.TemplateItem`)."""

    number: Number
    title: Text
    mandatory: bool = False
    aliases: list[Text] = []
    keywords: list[Text] = []
    instruction: str = ""
    asks: list[Text] = []
    natures: list[Text] = []
    content: list[Text] = []


class FormLabelEntry(Entry):
    """A field of the form with the ways its label is written."""

    key: Text
    labels: list[Text]


class DomainEntry(Entry):
    """A reform domain and the department that reviews it."""

    name: Text
    lead: Text
    aliases: list[Text] = []
    keywords: list[Text] = []


class RuleEntry(Entry):
    """The wording of a rule and the clause it rests on."""

    rule: Text
    title: Text
    clause: Text
    message: Text
    suggestion: str = ""
    gate: Literal["形式", "实质"] = "实质"
    measure: MeasureKind = ""


class FeeEntry(Entry):
    """The highest price a fee table allows for one unit of what `words` name, in 万元."""

    words: Annotated[list[Text], Field(min_length=1)]
    unit: Text
    high_wan: Annotated[float, Field(gt=0)]


class FeeTableEntry(Entry):
    """A table of fees with the paper it comes from."""

    name: Text
    source: Text
    effective: str = ""
    items: Annotated[list[FeeEntry], Field(min_length=1)]


class PlaceEntry(Entry):
    """Where a pack holds; `was`: districts that went into this one."""

    district: Text
    city: Text
    province: Text
    was: list[Text] = []


class DepartmentEntry(Entry):
    """A department of the district with the names it and those merged into it had."""

    name: Text
    was: Annotated[list[Text], Field(min_length=1)]


class ExampleEntry(Entry):
    """A pair a reviewer judged, as `chushen corpus calibrate` writes it; `features` as the report had them."""

    proposal: Text
    system: Text
    same: bool
    features: dict[Text, float]


class Pack(Entry):
    """All known sections of a pack, whatever files they stand in."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Text
    version: Text
    effective: str = ""
    source: str = ""
    clauses: list[ClauseEntry]
    template: list[TemplateEntry]
    form_labels: list[FormLabelEntry] = []
    natures: dict[Text, list[Text]] = {}
    domains: list[DomainEntry] = []
    rules: list[RuleEntry] = []
    thresholds: dict[Text, float] = {}
    wording: dict[Text, Any] = {}
    lexicon: dict[Text, Any] = {}
    field_words: list[Text] = []
    fee_tables: list[FeeTableEntry] = []
    place: PlaceEntry | None = None
    departments: list[DepartmentEntry] = []
    examples: list[ExampleEntry] = []


Where = Literal["正文", "表格", "申报表", "脚注", "附件", "概算", "台账", "文件名", "页眉", "水印", "属性"]


class SamplePlace(Entry):
    """Words and where in a submission they stand."""

    text: str
    where: Where = "正文"
    section: str = ""  # template number the text stands under


class SampleEntry(SamplePlace):
    """One text a rule must or must not raise, with other places of its submission where it needs them."""

    category: str = ""  # which trick or case it stands for
    beside: list[SamplePlace] = Field(default_factory=list)


class SampleFile(Entry):
    """The samples of one rule: `fails` raise it, `passes` and `notices` raise no blocker or warning of it."""

    rule: Text
    fails: list[SampleEntry] = Field(default_factory=list)
    passes: list[SampleEntry] = Field(default_factory=list)
    notices: list[SampleEntry] = Field(default_factory=list)
