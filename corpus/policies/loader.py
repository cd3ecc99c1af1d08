"""Reads a policy pack: a folder of YAML files becomes one `Policy`.

Only `pack.yaml`, `clauses.yaml` and `template.yaml` must be there, so that another region can start small. Sections are
found by their top-level key, whatever the file is called; a key this module does not know goes to `Policy.data`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.policies.schema import FeeTableEntry, Pack
from corpus.policies.yamlfile import Marked, explain, fail, read_marked
from models.domain.errors import PolicyError
from models.domain.finding import Clause
from models.domain.policy import Domain, FormLabel, Policy, RuleText, TemplateItem

PACKS = Path(__file__).parent
REQUIRED = ("pack.yaml", "clauses.yaml", "template.yaml")
SAMPLES = "samples"
_HEAD = ("id", "title", "version", "effective", "source")
_LISTS = {
    "clauses",
    "template",
    "form_labels",
    "domains",
    "rules",
    "field_words",
    "fee_tables",
    "departments",
    "examples",
}  # may be spread over files
_MAPS = {"natures", "thresholds", "wording", "lexicon", "place"}


def available() -> tuple[str, ...]:
    """Return the ids of the packs that come with the program."""
    return tuple(sorted(p.name for p in PACKS.iterdir() if (p / "pack.yaml").is_file()))


def pack_folder(pack: str | Path) -> Path:
    """Return the folder of a pack given by id or path; PolicyError where there is none."""
    for folder in (PACKS / pack, Path(pack)):
        if (folder / "pack.yaml").is_file():
            return folder.resolve()
    raise PolicyError(
        "没有这个政策包，或文件夹里没有 pack.yaml", name=str(pack), advice=f"随程序提供的有：{'、'.join(available())}"
    )


def load_policy(pack: str | Path = "gongshu-2021") -> Policy:
    """Return the pack's policy; read once as long as its files stay the same.

    `pack`: id of a pack that comes with the program, or the path of a folder. PolicyError (`name` is `file:line`) for
    doubled or unknown keys, a clause that does not exist, a doubled template number or a missing parent.
    """
    folder = pack_folder(pack)
    return _load(folder, pack_sha256(folder))


def pack_sha256(folder: Path) -> str:
    """Hash over the names and bytes of all YAML files of a pack, in the order of their names."""
    digest = hashlib.sha256()
    for path in _files(folder, "**/*.yaml"):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(p for p in folder.glob(pattern) if p.is_file())


@lru_cache(maxsize=8)
def _load(folder: Path, sha256: str) -> Policy:
    for name in REQUIRED:
        if not (folder / name).is_file():
            fail((name, 1), "政策包缺少这个文件")
    marked, data = _collect(folder)
    try:
        pack = Pack.model_validate(marked.value)
    except ValidationError as error:
        explain(error, marked)
    _check(pack, marked)
    data["fee_tables"] = [_fees(table) for table in pack.fee_tables]
    data["place"] = pack.place.model_dump() if pack.place else {}
    data["departments"] = [d.model_dump() for d in pack.departments]
    data["examples"] = [e.model_dump() for e in pack.examples]
    data["pack"] = {"effective": pack.effective, "source": pack.source}
    return _policy(pack, sha256, data)


def _fees(table: FeeTableEntry) -> dict[str, Any]:
    """Return a fee table with the hash of what it says."""
    said = table.model_dump()
    content = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    return said | {"sha256": hashlib.sha256(content).hexdigest()}


def _collect(folder: Path) -> tuple[Marked, dict[str, Any]]:
    """Bring the sections of all files together: the known ones, and the rest as further data."""
    known, data = Marked({}), {}
    for path in _files(folder, "*.yaml"):
        one = read_marked(path, path.name)
        if not isinstance(one.value, dict):
            fail((path.name, 1), "文件应由“键: 值”组成")
        for key, value in one.value.items():
            place = one.place((key,))
            if key in _LISTS | _MAPS:
                _merge(known, key, value, one)
            elif path.name == "pack.yaml":
                known.value[key] = value
                known.places[(key,)] = place
            elif key in _HEAD:
                fail(place, f"键“{key}”只能写在 pack.yaml 里")
            elif key in data or key == "pack":
                fail(place, f"键“{key}”重复")
            else:
                data[key] = value
    return known, data


def _merge(known: Marked, key: str, value: Any, one: Marked) -> None:  # noqa: ANN401 - checked by the schema afterwards
    """Add one file's part of a section that may be spread over files (lexicon-*.yaml)."""
    before = known.value.get(key)
    shift = 0
    if before is None:
        known.value[key] = value
    elif isinstance(before, list) and isinstance(value, list):
        shift = len(before)
        known.value[key] = before + value
    elif isinstance(before, dict) and isinstance(value, dict):
        for name in value:
            if name in before:
                fail(one.place((key, name)), f"键“{name}”重复（已在 {known.place((key, name))[0]} 里）")
        known.value[key] = before | value
    else:
        fail(one.place((key,)), f"“{key}”应为{'列表' if key in _LISTS else '键值对'}")
    for path, place in one.places.items():
        if path[:1] == (key,):
            moved = (key, path[1] + shift, *path[2:]) if len(path) > 1 and isinstance(path[1], int) else path
            known.places.setdefault(moved, place)


def _check(pack: Pack, marked: Marked) -> None:
    """Refuse what cannot hold together, with the line it stands in."""
    refs = _once(marked, ((("clauses", i, "ref"), c.ref) for i, c in enumerate(pack.clauses)), "条款")
    numbers = _once(marked, ((("template", i, "number"), t.number) for i, t in enumerate(pack.template)), "模板编号")
    _once(marked, ((("rules", i, "rule"), r.rule) for i, r in enumerate(pack.rules)), "规则")
    _once(marked, ((("form_labels", i, "key"), f.key) for i, f in enumerate(pack.form_labels)), "字段")
    _once(marked, ((("domains", i, "name"), d.name) for i, d in enumerate(pack.domains)), "领域")
    former = ((("departments", i, "was", j), n) for i, d in enumerate(pack.departments) for j, n in enumerate(d.was))
    _once(marked, former, "原单位名称")
    for i, rule in enumerate(pack.rules):
        if rule.clause not in refs:
            fail(marked.place(("rules", i, "clause")), f"规则 {rule.rule} 引用的条款“{rule.clause}”不存在")
    for i, item in enumerate(pack.template):
        parent = item.number.rpartition(".")[0]
        if parent and parent not in numbers:
            fail(marked.place(("template", i, "number")), f"模板“{item.number}”没有上级“{parent}”")
        for nature in item.natures:
            if pack.natures and nature not in pack.natures:
                fail(marked.place(("template", i, "natures")), f"项目性质“{nature}”不存在")


def _once(marked: Marked, entries: Iterable[tuple[tuple[str | int, ...], str]], what: str) -> set[str]:
    """Return the values, each of which may stand only once."""
    seen: set[str] = set()
    for path, value in entries:
        if value in seen:
            fail(marked.place(path), f"{what}“{value}”重复")
        seen.add(value)
    return seen


def _policy(pack: Pack, sha256: str, data: dict[str, Any]) -> Policy:
    """Build the frozen policy; 【必要】 of a chapter or section holds for all that stands under it."""
    mandatory = {t.number for t in pack.template if t.mandatory}
    return Policy(
        id=pack.id,
        title=pack.title,
        version=pack.version,
        sha256=sha256,
        clauses={c.ref: Clause(c.ref, c.text) for c in pack.clauses},
        template=tuple(
            TemplateItem(
                number=t.number,
                title=t.title,
                mandatory=any(number in mandatory for number in _upwards(t.number)),
                aliases=tuple(t.aliases),
                keywords=tuple(t.keywords),
                instruction=t.instruction,
                asks=tuple(t.asks),
                natures=tuple(t.natures),
                content=tuple(t.content),
            )
            for t in pack.template
        ),
        form_labels=tuple(FormLabel(f.key, tuple(f.labels)) for f in pack.form_labels),
        domains=tuple(Domain(d.name, d.lead, tuple(d.aliases), tuple(d.keywords)) for d in pack.domains),
        natures={name: tuple(aliases) for name, aliases in pack.natures.items()},
        thresholds=dict(pack.thresholds),
        rules={
            r.rule: RuleText(r.rule, r.title, r.clause, r.message, r.suggestion, r.gate, r.measure) for r in pack.rules
        },
        wording=dict(pack.wording),
        lexicon=dict(pack.lexicon),
        field_words=tuple(dict.fromkeys(pack.field_words)),
        data=data,
    )


def _upwards(number: str) -> Iterable[str]:
    """Yield a template number and those above it: 2.3.5, 2.3, 2."""
    while number:
        yield number
        number = number.rpartition(".")[0]
