"""Names of projects and of units: cleaned of what is not the name, and compared the way a reader would."""

from __future__ import annotations

import re

from models.text import bracketless, normalise, squash

_SHORT_FORM = re.compile(
    r"\s*[（(,，]?\s*(?:以下|下文|文中|本文中?|本方案中?)?(?:统一)?(?:统称|简称|又称)(?:为|作)?[:：]?\s*[“\"'「『《]?.*$"
    r"|\s*[（(](?:以下|下文|文中)?[统简又]?$"  # cut off by the end of a line of a scan
)
_HEREAFTER = re.compile(r"\s*[，,（(]\s*(?:以下|下文|后文|文中|本文|本方案)[^，。]{0,12}(?:写作|称|叫|记作|写为|用).*$")
_LEAD_IN = re.compile(r"^(?:本|该)?(?:项目|工程)?的?(?:全称|名称|全名|中文名称|申报名称)?\s*(?:为|是|[:：])\s*")
_PAPER = re.compile(
    r"(?:(?:项目)?(?:申报|建设|实施|设计|技术|初步设计)?(?:方案|申报书|申报表|可行性研究报告|可研报告)(?:[（(].{1,8}[)）])?"
    r"|[（(](?:项目)?(?:申报|建设|实施|设计)?(?:方案|申报书|可行性研究报告)[)）])$"
)
_WORDS_OF_PROJECTS = re.compile(
    r"项目|系统|平台|应用|工程|建设|场景|改造|升级|服务|采购|驾驶舱|大脑|运维|中心|一件事|在线|智"
)
_UNIT_END = re.compile(r"(?:局|中心|办事处|委员会|公司|医院|学校|办公室)$")
_OWN_PAPER = re.compile(r"政府投资信息化项目")
_PLACE = re.compile(r"^(?:中共)?(?:浙江省)?(?:杭州市)?(?:拱墅区|区)?(?:人民政府)?")
_COMPANY = re.compile(r"(?:股份|控股)?(?:有限)?(?:责任)?公司$")
_INNER = re.compile(r"^[^、,，]{1,10}(?:科|室|处|部|股|组|大队|中队)$")


_STATED = re.compile(
    r"(?:(?:项目|工程)?(?:全称|名称|名)|项目|工程)(?:定)?(?:名)?[为是叫：:]{1,2}\s*[“《「\"](?P<title>[^”》」\"]{4,70})[”》」\"]"
)
_OF_NAMES = re.compile(
    r"^\s*(?:说明|注|备注)[:：]|凡(?:称|提到|写)|均指|都指|叫法|(?:一期|上期|前期|原|旧|曾用|早先|以前)(?:的)?(?:项目|系统)?名|曾(?:用|叫|称)"
)
_STATEMENT = re.compile(r"\d\s*(?:万元|亿元|元)|\d{4}年\d+月")  # a name gives no amount and no day


def clean_title(text: str) -> str:
    """Return a project's name without lead-in, short form, final stop or the quotes around the whole of it."""
    title = _HEREAFTER.sub("", _SHORT_FORM.sub("", text.strip()))
    title = re.split(r"[。；;\n]", title, maxsplit=1)[0].strip()
    stripped = _LEAD_IN.sub("", title)
    title = stripped if len(stripped) >= 4 else title
    title = title.strip(" ，,、.：:\t　")
    for left, right in (("“", "”"), ("《", "》"), ("「", "」"), ('"', '"')):
        inner = title[1:-1]
        if title.startswith(left) and title.endswith(right) and left not in inner and right not in inner:
            title = inner
    return title


def stated_title(text: str) -> str:
    """Return the project's name out of a sentence that states it; the cleaned text where it states none in quotes."""
    stated = _STATED.search(text)
    return clean_title(stated["title"] if stated else text)


def names_whole(text: str, title: str) -> bool:
    """Say whether a text gives just this name: no word of a longer one (… 二期) stands right before or behind it."""
    plain, name = re.sub(r"\s", "", normalise(text)), re.sub(r"\s", "", normalise(title))
    edge = r"[一-鿿0-9A-Za-z]"
    before = rf"(?<!{edge})|(?<=[为是叫即:])|(?<=项目名称)|(?<=写作)|(?<=申报)"
    return bool(name) and re.search(f"(?:{before}){re.escape(name)}(?![(]|{edge})", plain) is not None


def tells_of_names(text: str) -> bool:
    """Say whether a sentence speaks of other or former names, or of how the name is used, and gives none."""
    return bool(_OF_NAMES.search(text))


def looks_like_title(text: str) -> bool:
    """Say whether a line may be a project's name: neither too short nor a whole sentence, nor the form's own head."""
    key = squash(text)
    if not 5 <= len(key) <= 70 or re.search(r"[。；;？?！!]|[，,].*[，,]", text) or ("：" in text and len(text) < 12):
        return False
    if len(squash(_PAPER.sub("", text.strip()))) < 5 or _UNIT_END.search(text.strip()):
        return False
    if _STATEMENT.search(text) or re.search("(?<!但)是(?![否非])", text):
        return False
    return bool(_WORDS_OF_PROJECTS.search(text)) and not (_OWN_PAPER.search(text) and _PAPER.search(text))


def cover_title(text: str) -> str:
    """Return the name a cover line gives, the word for the paper (建设方案 …) left out."""
    title = clean_title(text)
    stripped = _PAPER.sub("", title)
    if len(squash(stripped)) < 5:
        return title
    return stripped + ("项目" if re.search(r"项目(?:申报|建设|实施|设计|技术)?方案", title[len(stripped) :]) else "")


def title_key(text: str) -> str:
    """Return the comparison key of a project's name: place, particles and words every project has are left out."""
    key = squash(_PAPER.sub("", clean_title(text)))
    key = re.sub(r"^(?:浙江省)?(?:杭州市)?(?:拱墅区)?", "", key)
    key = re.sub(r"第?([一二三四五])期(?:工程|项目)?", r"\1期", re.sub(r"(?:ⅱ|ii|2)期", "二期", key))
    key = re.sub(
        r"(?:建设|采购|实施)?(?:项目|工程)$|(?:建设|采购|实施)?(?:项目|工程)(?=[一二三四五]期$)|建设$", "", key
    )
    return re.sub(r"的|(?<=.)[与和及](?=.)", "", key)


def same_title(a: str, b: str) -> bool:
    """Say whether two names mean the same project: quotes, brackets, 的 or a missing 建设项目 make no difference."""
    return title_key(a) == title_key(b)


def unit_parts(text: str) -> tuple[str, ...]:
    """Return the units a field names, as written; a short name in brackets counts as one of them."""
    plain = normalise(text)
    plain = re.sub(r"[(\[](?:公|签|盖)?章[)\]]|[(\[]盖章处?[)\]]", "", plain)
    parts = re.split(r"[、,;/\n]|(?<=[局办委院部会司处心])\s+", bracketless(plain)) + re.findall(
        r"\(([^()]{3,20})\)", plain
    )
    return tuple(dict.fromkeys(part.strip() for part in parts if len(unit_key(part)) >= 2))


def unit_names(text: str) -> tuple[str, ...]:
    """Return the comparison keys of the units a field names."""
    return tuple(dict.fromkeys(unit_key(part) for part in unit_parts(text)))


def unit_key(text: str) -> str:
    """Return one unit's name without place, company form and the words short names leave out."""
    whole = re.sub(r"人民政府办公室?$|(?<=区)府办$", "政府办", squash(re.sub(r"^(?:原|现)", "", text.strip())))
    key = _PLACE.sub("", whole) or whole
    key = _COMPANY.sub("", key) or key
    key = re.sub(r"街道(?:办事处|办)$", "街道", key)
    return key.replace("监督管理", "监管").replace("管理局", "局").replace("委员会", "委").replace("办公室", "办")


def _short_for(short: str, long: str) -> bool:
    """Say whether one key abbreviates the other: the same first and last character, all characters in order."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(char in rest for char in short)


def same_unit(a: str, b: str) -> bool:
    """Say whether two names mean the same unit: 杭州市拱墅区X局 = 区X局; short names and inner offices too."""
    for x in unit_names(a):
        for y in unit_names(b):
            shorter, longer = sorted((x, y), key=len)
            inner = longer.startswith(shorter) and len(shorter) >= 3 and bool(_INNER.match(longer[len(shorter) :]))
            if x == y or _short_for(x, y) or inner:
                return True
    return False
