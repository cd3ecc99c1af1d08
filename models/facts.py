"""Every place where a submission states a fact, with its words; and the one line that sums the submission up."""

# long on purpose: every place where a fact may stand, in the order of the contract

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from models import plan_facts, statements
from models.budget import total_of
from models.choices import resolved
from models.domain.document import Paragraph
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.policy import Policy
from models.domain.report import Summary
from models.domain.submission import Budget, Fact, Field, Kind, LineKind, Passage, PassageKind, SubmittedDocument
from models.domains import domain_named, domain_scores
from models.form import fields as read_fields
from models.form import label_key
from models.grounds import ground
from models.headings import is_caption
from models.kinds import NEW, kind_facts, self_funded
from models.names import clean_title, cover_title, looks_like_title, names_whole, stated_title, tells_of_names
from models.passages import passages
from models.periods import period
from models.quantities import Money, counts, money_wan, unit_in
from models.text import normalise, squash

_FRONT_BLOCKS = 25
_STAMP = re.compile(  # stamps, short forms and what the unit belongs to
    r"[（(](?:公章|盖章|签章|章)[)）]|[（(][^（）()]*(?:简称|所属|下属|主管)[^（）()]*[)）]|[（(，,](?:以下|下文|文中)?(?:统)?简?称.*$"
)
_APPLIED = re.compile(r"申请|申报")
_FIRST_PHASE = re.compile(r"[（(]?(?:一|1|Ⅰ)期")


def facts(
    documents: Sequence[SubmittedDocument], fields: Sequence[Field], budgets: Sequence[Budget], policy: Policy
) -> tuple[Fact, ...]:
    """Return every statement of a fact in document order: the plan's cover and sections, the forms, the budgets.

    Amounts are in 万元; scopes other than 总投资 (原项目, 本年度, 运维 …) are told apart and never compared with it.
    """
    out: list[Fact] = []
    for submitted in documents:
        own = [f for f in fields if f.evidence.document == submitted.document.name]
        if submitted.kind is Kind.PLAN:
            out.extend(_cover(submitted, policy))
            out.extend(_plan(submitted, policy, [clean_title(f.value) for f in fields if f.key == "title"]))
        elif submitted.kind is Kind.FORM:
            out.extend(_form(own, policy))
        if submitted.kind is not Kind.ATTACHMENT:
            out.extend(_budget(b for b in budgets if b.document == submitted.document.name))
    out.extend(plan_facts.levels_in_budget(budgets))
    plans = [p for d in documents if d.kind is Kind.PLAN for p in passages(d)]
    stated = ground(plans, fields, policy)
    out.extend([stated] if stated else [])
    out.extend(_inferred_domain(out, documents, policy))
    kinds = kind_facts(documents, fields, policy)
    return (*out, *(kinds or self_funded(out, policy)))


def summary(found: Sequence[Fact]) -> Summary:
    """Sum the submission up; where places disagree: the plan's cover, then its chapter 1, then the 申报表.

    What is kept running, not built, is a paper of the kind 运维, unless another nature is stated.
    """

    def first(key: str) -> str:
        ranked = sorted((f for f in found if f.key == key), key=lambda f: (f.scope == "推定", _rank(f)))
        return str(ranked[0].value) if ranked and ranked[0].value is not None else ""

    total = next(
        (f.value for f in sorted((f for f in found if f.key == "total_wan" and f.scope == "总投资"), key=_rank)), None
    )
    kind, nature = first("kind"), first("nature")
    if kind in {"", "运维", NEW}:
        kind = "运维" if nature == "运维" or (kind == "运维" and not nature) else NEW
    return Summary(
        kind=kind,
        title=_whole_title(first("title"), found),
        unit=first("unit"),
        nature=nature or ("运维" if kind == "运维" else ""),
        domain=first("domain"),
        total_wan=round(total, 4) if isinstance(total, float) else None,
        period=first("period"),
    )


def _whole_title(title: str, found: Sequence[Fact]) -> str:
    """Return chapter 1's name where the cover's line is only a part of it: covers break long names over lines."""
    own = [str(f.value) for f in found if f.key == "title" and f.source == "plan:1.1"]
    return next((t for t in own if len(squash(t)) > len(squash(title)) and squash(title) in squash(t)), title)


def _rank(fact: Fact) -> int:
    """Order sources: cover, chapter 1 of the plan, form, the rest."""
    order = ("cover", "plan:1", "form")
    head, _, number = fact.source.partition(":")
    name = f"plan:{number.partition('.')[0]}" if head == "plan" else head
    return order.index(name) if name in order else len(order)


def _cover(submitted: SubmittedDocument, policy: Policy) -> Iterator[Fact]:
    """Read what stands before the first heading."""
    document = submitted.document
    end = submitted.sections[0].block if submitted.sections else min(_FRONT_BLOCKS, len(document.blocks))
    front = [f for f in read_fields(document, policy) if (f.evidence.paragraph or 0) < min(end, 2 * _FRONT_BLOCKS)]
    title = next((f for f in front if f.key == "title" and f.value), None)
    if title:
        yield Fact("title", cover_title(title.value), title.value, "", title.evidence, "cover")
    else:
        yield from _title_line(submitted, end)
    yield from _units(front, "cover")


def _title_line(submitted: SubmittedDocument, end: int) -> Iterator[Fact]:
    """Take the first line of the front that may be a name."""
    for index, block in enumerate(submitted.document.blocks[:end]):
        if isinstance(block, Paragraph) and looks_like_title(block.text):
            evidence = Evidence(
                submitted.document.name, block.text.strip()[:QUOTE_LIMIT], page=block.page, paragraph=index
            )
            yield Fact("title", cover_title(block.text), block.text.strip(), "", evidence, "cover")
            return


def _units(fields: Sequence[Field], source: str) -> Iterator[Fact]:
    """申报单位 and 项目需求单位 are one role (第六条), 建设单位 another, unless nothing else is named."""
    named = [f for f in fields if f.key in {"unit", "builder"} and squash(_STAMP.sub("", f.value))]
    alone = not any(f.key == "unit" for f in named)
    for field in named:
        key = "unit" if alone else field.key
        value = _STAMP.sub("", field.value).strip()
        label = source if source == "cover" else f"form:{field.label}"
        yield Fact(key, value, field.value, "", field.evidence, label)


def _plan(submitted: SubmittedDocument, policy: Policy, titles: Sequence[str]) -> Iterator[Fact]:
    """Read the sections that are asked for a fact; `titles`: what the forms call the project."""
    stated = [p for p in passages(submitted) if p.kind is not PassageKind.TITLE]
    yield from _plan_title(stated, policy, titles)
    yield from _plan_nature(stated, policy)
    first_phase = any(_FIRST_PHASE.search(b.text) for b in submitted.document.blocks[:3] if isinstance(b, Paragraph))
    for passage in stated:
        yield from _plan_total(passage, first_phase=first_phase)
    yield from _plan_period(stated)
    for passage in stated:
        yield from _plan_others(passage)
    yield from plan_facts.further(stated, policy)


def _in(passage: Passage, *numbers: str) -> str:
    """Return the first of these template numbers the passage answers, "" where none; "8." is all under 8."""
    for number in numbers:
        for own in passage.template:
            if own == number or (number.endswith(".") and own.startswith(number)):
                return own
    return ""


def _plan_title(stated: Sequence[Passage], policy: Policy, titles: Sequence[str]) -> Iterator[Fact]:
    """Take the name 1.1 states: the form's where it stands there, else the first that a sentence or table row gives."""
    own = [p for p in stated if _in(p, "1.1") and not is_caption(p.text)]
    for title in titles:
        for passage in own:
            if title and names_whole(passage.text, title):
                yield Fact("title", title, passage.text, "", passage.evidence, "plan:1.1")
                return
    for passage in own:
        label, _, value = passage.text.partition(" | ")
        if passage.kind is PassageKind.ROW and label_key(label, policy) != "title":
            continue
        title = stated_title(value.partition(" | ")[0] if passage.kind is PassageKind.ROW else passage.text)
        if looks_like_title(title) and not tells_of_names(passage.text):
            yield Fact("title", title, passage.text, "", passage.evidence, "plan:1.1")
            return


def _plan_nature(stated: Sequence[Passage], policy: Policy) -> Iterator[Fact]:
    for passage in stated:
        if _in(passage, "1.2"):
            found = statements.nature(resolved(passage.text), policy.natures)
            if found:
                yield Fact("nature", found, passage.text, "", passage.evidence, "plan:1.2")
                return


def _plan_total(passage: Passage, *, first_phase: bool) -> Iterator[Fact]:
    number = _in(passage, "1.6", "1.4", "1.5", "1", "15.1", "15.2", "15.4", "15", "16.3")
    if not number or (passage.kind is PassageKind.ROW and number not in {"1.6", "15.4"}):
        return
    loose = number in {"1.6", "15.4"} and passage.kind is PassageKind.SENTENCE
    amounts = statements.totals(passage.text, loose=loose, first_phase=first_phase)
    for amount in amounts:
        yield Fact(
            "total_wan", amount.money.wan, _written(amount.money), amount.scope, passage.evidence, f"plan:{number}"
        )
    if number in {"1.6", "15.4"}:
        for part in statements.sources(passage.text):
            yield Fact("funding", part.money.wan, _written(part.money), part.scope, passage.evidence, f"plan:{number}")


def _written(money: Money, unit: str = "") -> str:
    """Return an amount as written, with 约 kept and a unit that stands in the label added."""
    bare = re.fullmatch(r"[\d.,\s]+", normalise(money.as_written))
    return ("约" if money.about else "") + money.as_written + (unit if bare else "")


def _plan_period(stated: Sequence[Passage]) -> Iterator[Fact]:
    """Take the first statement of each section."""
    seen: set[int | None] = set()
    for passage in stated:
        number = _in(passage, "1.4", "12.1", "12", "1", "12.2")
        if not number or passage.evidence.section in seen:
            continue
        titled = passage.template == ("12.1",) and passage.kind is PassageKind.SENTENCE
        found = statements.building_period(passage.text, titled=titled)
        if found:
            seen.add(passage.evidence.section)
            yield Fact("period", found.text, passage.text, "", passage.evidence, f"plan:{number}")


def _plan_others(passage: Passage) -> Iterator[Fact]:
    """Protection level, users, and whether the project is under way."""
    if passage.kind is PassageKind.SENTENCE and _in(passage, "2.3.5", "8."):
        for level in sorted(statements.protection_levels(passage.text)):
            yield Fact(
                "protection", float(level), passage.text, "", passage.evidence, f"plan:{_in(passage, '2.3.5', '8.')}"
            )
    if passage.kind is PassageKind.SENTENCE and _in(passage, "2.3.1"):
        yield from _users(passage.text, passage.evidence, "plan:2.3.1")
    if passage.kind is PassageKind.SENTENCE and statements.started(passage.text):
        yield Fact("started", passage.text, passage.text, "", passage.evidence, "plan")


def _users(text: str, evidence: Evidence, source: str) -> Iterator[Fact]:
    """Only a number that is called the number of users."""
    named = re.search(r"(?<!并发)(?<!在线)(?<!活跃)(?:系统|平台|总)?用户(?:总数|总量|数量|数|规模)", normalise(text))
    for count in counts(text):
        if named and 0 <= count.start - named.end() <= 8 and count.unit[0] in "人个名户":
            yield Fact("users", count.value, text[count.start : count.end], "", evidence, source)
            return


def _form(fields: Sequence[Field], policy: Policy) -> Iterator[Fact]:
    """Read the fields of one 申报表."""
    yield from _units(fields, "form")
    whole = [f for f in fields if f.key == "total_wan" and f.value]
    main = [f for f in whole if not _APPLIED.search(f.label)] or whole
    for field in fields:
        source = f"form:{field.label}"
        if not field.value:
            continue
        if field.key in {"total_wan", "fiscal_wan", "self_wan", "grant_wan", "annual_wan", "running_wan"}:
            yield from _form_money(field, "总投资" if field in main else "申请金额", source)
        elif field.key in {"title", "secret", "acceptance"}:
            value = clean_title(field.value) if field.key == "title" else field.value
            yield Fact(field.key, value, field.value, "", field.evidence, source)
        else:
            yield from _form_other(field, source, policy)


def _form_money(field: Field, scope: str, source: str) -> Iterator[Fact]:
    """Read the first amount of a field, by the unit its label names."""
    unit = unit_in(field.label)
    amounts = money_wan(field.value, unit or "万元")
    if not amounts or amounts[0].low is not None:
        return
    first = amounts[0]
    key, named = {
        "total_wan": ("total_wan", scope),
        "fiscal_wan": ("funding", "财政"),
        "self_wan": ("funding", "自筹"),
        "grant_wan": ("funding", "上级补助"),
        "annual_wan": ("total_wan", "本年度"),
        "running_wan": ("total_wan", "运维"),
    }[field.key]
    yield Fact(key, first.wan, _written(first, unit or "万元"), named, field.evidence, source)


def _form_other(field: Field, source: str, policy: Policy) -> Iterator[Fact]:
    """Read nature, domain, period, protection level, users, funding of a form."""
    value: str | float | None = None
    if field.key == "nature":
        value = statements.nature(field.value, policy.natures, whole=True) or None
    elif field.key == "domain":
        named = domain_named(field.value, policy.domains)
        value = named.name if named else None
    elif field.key == "period":
        found = period(field.value)
        value = found.text if found else None
    elif field.key == "protection":
        level = statements.level_of_field(field.value)
        value = float(level) if level else None
    elif field.key == "users":
        count = next(iter(counts(field.value)), None)
        value = count.value if count else None
    elif field.key == "funding":
        for name in statements.source_kinds(field.value):
            yield Fact("source", name, field.value, "", field.evidence, source)
        for part in statements.sources(field.value):
            yield Fact("funding", part.money.wan, _written(part.money), part.scope, field.evidence, source)
    if value is not None:
        yield Fact(field.key, value, field.value, "", field.evidence, source)


def _budget(budgets: Iterable[Budget]) -> Iterator[Fact]:
    """Give the total row of every budget table."""
    for budget in budgets:
        amount = total_of(budget)
        line = next((x for x in reversed(budget.lines) if x.kind is LineKind.TOTAL and x.amount_wan == amount), None)
        if line is not None and amount is not None:
            yield Fact("total_wan", round(amount, 6), line.evidence.quote, budget.scope, line.evidence, "budget")


def _inferred_domain(found: Sequence[Fact], documents: Sequence[SubmittedDocument], policy: Policy) -> Iterator[Fact]:
    """Infer the domain from the project's name, then from its chapter 1 (scope 推定), whatever the papers declare."""
    title = next((f for f in sorted(found, key=_rank) if f.key == "title"), None)
    if title is None:
        return
    chapter = [
        p.text
        for d in documents
        if d.kind is Kind.PLAN
        for p in passages(d)
        if p.template and p.template[0][:2] == "1."
    ]
    for text in (str(title.value), str(title.value) + "\n".join(chapter)):
        ranked = domain_scores(text, policy.domains)
        if len(ranked) > 1 and ranked[0][0] > ranked[1][0]:
            yield Fact("domain", ranked[0][1].name, str(title.value), "推定", title.evidence, title.source)
            return
