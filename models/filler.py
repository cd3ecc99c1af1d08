"""Is the text under a heading an answer, or only filler, the template's own words, or nothing?

Judged clause by clause: what is left after filler and instruction are taken out decides. A short real answer is an
answer; where it is not plainly filler, it counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.choices import resolved
from models.domain.policy import Policy, TemplateItem
from models.text import normalise, squash

_BULLET = re.compile(r"^\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳●•·■◆○▪\-*>]+)\s*")
_REASONED = re.compile(
    r"不涉及|不适用|免费|不产生|不再申请|不另行|无需|无须|不收取|不单独|公益|"
    r"(?:无|没有|暂无|未).{2,}(?:因|由于|系|属|由).{2,}|(?:因|由于).{2,}(?:无|没有|不|未)"
)
_FILLERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:目前|暂时?|尚|均|皆|本项)?(?:无|空|空白|没有|略|省略|从略|未定|待定|未填|不详|同上|未知)(?:此项|该项|相关)?(?:内容|情况|说明|资料|材料)?(?:了)?",
        r"(?:暂|目前|尚)?(?:无|未)(?:可)?(?:填写?|说明|提供|补充|编写|确定|明确)(?:内容)?",
        r"(?:本项|此项)?(?:暂|先|目前|暂时)?不(?:予)?(?:填写?|填报|编写|提供|说明)(?:了)?",
        r"(?:内容|正文|数据|数字|金额|资料)?(?:简略|略去|省略|从略)",
        (
            r".{0,14}(?:待|后续|另行|随后|稍后|日后|以后|会后|下一步|届时|后期|尽快|抓紧).{0,10}"
            r"(?:补充|完善|补齐|填写|填报|编写|编制|撰写|明确|确定|补报|细化|补上|补交|后补|落实|商定|提供)"
            r"(?:中|之中|后提供|说明|内容)?"
        ),
        r".{0,10}(?:需|拟|将|再|正在)(?:进一步|继续)?(?:补充|完善|补齐|填写|填报|编写|编制|撰写|补报)(?:中|之中|说明|内容)?",
        r".{0,12}(?:待定|未定|待补|另定|后补|待填|待明确|待确定|待落实|待补充|待完善|待核实|待提供|暂缺|暂空|空缺|未填写)",
        (
            r"(?:本|此|该|这)(?:一)?(?:节|章|部分|项|处|条|小节|栏|块|里).{0,24}"
            r"(?:略|编写|编制|撰写|补充|填写|填报|完善|提供|另行|后补|待定|空着|不写|输入|描述|说明|插入).{0,14}"
        ),
        r".{0,14}(?:中标|承建|供应|实施|乙方|投标|开发)(?:单位|公司|商|方|人)?.{0,8}(?:后)?.{0,6}(?:编写|编制|撰写|填写|补充|提供(?:本|此|该|内容|文本).*)",
        r"(?:请|在此|点击|单击|此处|这里|于此)(?:在|此处|这里|简要|如实|认真|自行|根据|按照?|结合|单位|输入|填写|详细|逐项|补充|说明|描述|插入).{0,30}",
        r"(?:填写|输入|插入|补填|示例|例如填写|样例|范例|模板|参考).{0,16}(?:内容|文字|情况|说明|文本|数据|此处)",
        r"(?:根据|按照?|结合)(?:单位|项目|本单位)?实际(?:情况)?(?:填写|补充|编写|修改|完善|填报)",
        r"(?:tbd|todo|na|n/a|null|none|nil|test|xxx+|待|测试(?:文字|内容)?|占位(?:文字|符)?|同前|同上文?|\.+|…+|-+|/+|\\+|\?+|\*+|_+)",
        r"(?:领导|会议|上级|单位|财政)?(?:审定|研究|批复|审核|讨论)(?:后|之后)(?:再|另行)?(?:定|填|补|确定|明确|补充)",
        r"(?:编制单位|申报单位|业务科室|相关科室|各科室)(?:自行|负责)?(?:填写|补充|编写|提供)",
        r"(?:本页|以下|此页)(?:空白|无正文|留白)",
        r"年月(?:日)?",
    )
)
_ELSEWHERE = re.compile(
    r"^(?:具体|详细|相关|有关)?(?:内容|情况|详情|明细|本部分|本节)?(?:请)?(?:详见|参见|参阅|请见|另见|见|同)(.{1,36})$"
)
_ATTACHED = re.compile(
    r"^(?P<what>[^,，。;；\d]{0,18}?)[(（]?(?:(?:详见|参见|参阅|请见|另见|见)(?P<place>\s*附.{0,50})|另附(?P<named>.{0,40}))$"
)
_PAPERS = re.compile(
    r"(?:清单|内容|情况|详情|明细|[表图]|说明|材料|文件|扫描件|复印件|原件|原文|截图|报告|意见|方案|依据|分析|需求|概算|预算|纪要|部分|资料)$"
)
_INSIDE = re.compile(
    r"第?[一二三四五六七八九十\d.]+(?:章|节|部分|款)|[上下前后]文|上述|前述|^\d+(?:\.\d+)+|[上下](?:表|图|节|章)|[表图]\s*\d"
)
_BLANK = re.compile(r"[XxＸ×✕]{2,}|[*＊]{2,}|_{2,}|[○〇●]{2,}|[□]{2,}|某某+|【\s*】|\(\s*\)|[?？]{2,}")
_ASKING = re.compile(
    r"^(?:请|应当?|需要?|须|可)?(?:简要|具体|详细|逐项|分别|重点|如实|按要求)*(?:地)?"
    r"(?:说明|阐述|描述|简述|罗列|列出|列明|填写|写明|注明|论述|叙述|提出)(?!书|了|性|会|如下|[:：])"
)
_TOLD = re.compile(r"^(?:请|应|需|须)?(?:简要|具体|详细)?(?:分析|评估|明确|介绍|概述|包括|参照|在)")
_PROMPT = 12  # characters of a sentence that can be told from the author's own
_SAME = 0.86
_PICTURED = re.compile(r"^图\s*[\d一二三四五六七八九十][\d.\-—]*.{0,30}$", re.MULTILINE)
_CAPTION = re.compile(r"^[图表]\s*\d[\d.\-—]*.{0,30}$|^单位[:：]万?元$")


@dataclass(frozen=True, slots=True)
class Judged:
    """`status`: present thin empty placeholder elsewhere (only points to another place); `real`: what was left."""

    status: str
    real: str
    points_to: str = ""


class Fillers:
    """Judges bodies against one policy's template."""

    def __init__(self, policy: Policy) -> None:
        """Keep the template's own words as keys."""
        spec = (policy.data or {}).get("completeness", {})
        self._short = frozenset(spec.get("short_items", ()))
        self._limit = int(policy.thresholds.get("thin_chars", 12))
        self._lines = {
            item.number: tuple(
                k for k in (squash(s) for s in (*_sentences(item.instruction), item.instruction)) if len(k) >= 4
            )
            for item in policy.template
        }
        self._all = tuple(dict.fromkeys(k for keys in self._lines.values() for k in keys))
        self._grams = {key: _grams(key) for key in self._all}

    def judge(self, text: str, item: TemplateItem) -> Judged:
        """Judge a section's text: is it an answer to `item`?"""
        if not text.strip():
            return Judged("empty", "")
        real: list[str] = []
        filled = blanks = 0
        target = ""
        for sentence in map(resolved, _sentences(text)):
            if self._is_instruction(sentence, item):
                filled += 1
                continue
            if attached := _attachment(sentence, item):
                target = target or attached
                continue
            for clause in _clauses(sentence):
                kind, place = self._clause(clause, item)
                filled += kind == "filler"
                blanks += kind == "blank"
                target = target or place
                if kind == "real":
                    real.append(clause)
        return self._verdict(text, item, real, (filled, blanks, target))

    def prompts(self, sentence: str, item: TemplateItem) -> bool:
        """Tell whether a sentence is a request of the template left in: near its words and still asking."""
        plain = normalise(sentence).strip().strip("()[]<>\"' ")
        key = squash(plain)
        if len(key) < _PROMPT or not (_ASKING.match(plain) or _TOLD.match(plain)):
            return False
        grams = _grams(key)
        lines = self._lines.get(item.number, ())
        return any(len(grams & self._grams[line]) / len(grams) >= _SAME and _left_over(key, line) < 4 for line in lines)

    def _verdict(self, text: str, item: TemplateItem, real: list[str], seen: tuple[int, int, str]) -> Judged:
        filled, blanks, target = seen
        left = "，".join(real)
        size = len(squash(left))
        if _REASONED.search(normalise(text)) and (size or not filled) and not blanks:
            return Judged("present", left)
        if not size:
            return Judged("elsewhere", "", target) if target else Judged("placeholder", "")
        if blanks and size < 10 and not re.search(r"\d", left):
            return Judged("placeholder", left)
        limit = self._limit * (2 if len(item.asks) > 4 else 1)
        if size < limit and item.number not in self._short and not re.search(r"\d", left):
            return Judged("thin", left)
        return Judged("present", left)

    def _clause(self, clause: str, item: TemplateItem) -> tuple[str, str]:
        """Return (real|filler|blank|title|elsewhere, place pointed to)."""
        plain = normalise(clause).strip()
        key = squash(plain)
        if not key:
            return ("blank" if _BLANK.search(plain) else "filler" if plain else "title"), ""
        if _is_title(key, item) or _CAPTION.match(plain):
            return "title", ""
        if place := _ELSEWHERE.match(plain):
            return "elsewhere", place[1]
        runs = _BLANK.findall(plain)
        if runs and (len(runs) > 1 or len(squash(_BLANK.sub("", plain))) < 10):
            return "blank", ""
        bare = plain.strip("()[]<>{}\"' 。.:;")
        if any(f.fullmatch(bare) or f.fullmatch(key) for f in _FILLERS):
            return "filler", ""
        return "real", ""

    def _is_instruction(self, sentence: str, item: TemplateItem) -> bool:
        """Tell whether a sentence is the template's (verbatim, half edited or reworded), not the author's."""
        plain = normalise(sentence).strip().strip("()[]<>\"' ")
        key = squash(plain)
        if len(key) < 6:
            return key in self._lines.get(item.number, ())
        grams = _grams(key)
        asking = bool(_ASKING.match(plain))
        for line in self._all:
            shared = len(grams & self._grams[line]) / len(grams)
            if shared >= _SAME or (shared >= 0.6 and (asking or _TOLD.match(plain))):
                return _left_over(key, line) < (10 if asking else 4)
        return asking and not re.search(r"\d", plain) and self._about(key, item)

    def _about(self, key: str, item: TemplateItem) -> bool:
        """Tell whether an imperative sentence asks for what the item asks for."""
        own = _grams(squash(item.title + item.instruction + "".join(item.asks) + "".join(item.aliases[:6])))
        grams = _grams(key)
        return len(grams & own) / len(grams) >= 0.25 or bool(re.search(r"(?:情况|等|内容|要求|说明|关系|方式)$", key))

    def captioned(self, text: str) -> bool:
        """Tell whether a text names a figure on a line of its own (图2-1 …): what it shows was not read."""
        return bool(_PICTURED.search(normalise(text)))

    def points_inside(self, place: str) -> bool:
        """Tell whether "见…" points to another place of the same plan."""
        return not place.strip().startswith("附") and bool(_INSIDE.search(normalise(place)))


def _attachment(sentence: str, item: TemplateItem) -> str:
    """Return the attachment that a sentence does nothing but point to (需求清单详见附件3：…), "" where it says more."""
    plain = normalise(sentence).strip().rstrip("。.;)")
    found = _ATTACHED.match(plain)
    if found is None:
        return ""
    what = found["what"].strip()
    if what and not _PAPERS.search(what) and not _is_title(squash(what), item):
        return ""
    return (found["place"] or "附件" + found["named"]).strip()


def _is_title(key: str, item: TemplateItem) -> bool:
    titles = (squash(t) for t in (item.title, *item.aliases))
    return any(key in {t, "项目" + t, "本项目" + t, "本项目的" + t, t + "如下", t + "说明"} for t in titles)


def _sentences(text: str) -> list[str]:
    return [s for line in text.splitlines() for s in re.split(r"(?<=[。！？；;])", _BULLET.sub("", line)) if s.strip()]


def _clauses(sentence: str) -> Sequence[str]:
    return [c for c in re.split(r"[，,、。；;：:！!|]", sentence) if c.strip()]


def _grams(key: str) -> frozenset[str]:
    return frozenset(key[i : i + 2] for i in range(max(1, len(key) - 1)))


def _left_over(key: str, line: str) -> int:
    """Return how many characters of `key` stand in no run of three or more that `line` has too."""
    covered = [False] * len(key)
    for i in range(len(key) - 2):
        if key[i : i + 3] in line:
            covered[i : i + 3] = [True] * 3
    return covered.count(False)
