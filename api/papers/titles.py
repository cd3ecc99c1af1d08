"""Where a title that is longer than a line is broken: no word is cut, and no line holds a sign or two."""

from __future__ import annotations

import re

_LEAST = 4  # signs of a title's last line
# Words that titles of such projects and papers are made of: a line ends before or behind one of them.
_WORDS = re.compile(
    "全生命周期|全流程|一体化|信息化|数字化|智能化|智慧化|一张图|一件事|互联网|物联网|大数据|人工智能|比对表|核减表|核对表|"
    "项目|系统|平台|工程|应用|管理|服务|建设|提升|扩建|改建|新建|续建|升级|改造|改革|能力|智慧|智能|信息|数据|数字|业务|"
    "治理|监管|监测|预警|指挥|综合|协同|公共|政务|电子|安全|运维|采购|软件|设备|网络|资源|中心|城市|社区|医院|学校|企业|"
    "关于|补正|申报|材料|通知|初步|审核|意见|评审|征询|简报|立项|情况|相近|概算"
)


def title_lines(text: str, room: int) -> list[str]:
    """Break a title that is longer than `room` signs.

    Behind 》 or before the last of the brackets in a row where both parts make a line of their own, else between words,
    else in lines of about the same length.
    """
    if len(text) <= room:
        return [text]
    inner = {m.end() for m in re.finditer(r"(?<=.)(?=（[^（）]*）（)", text)}  # 某项目（二期）（某单位）
    signs = [i + 1 if sign == "》" else i for i, sign in enumerate(text) if sign in "》（" and i not in inner]
    ends = [at for at in signs if "《" not in text[:at].rsplit("》", maxsplit=1)[-1]]
    for some in (ends, _between(text)):
        fit = [at for at in some if at <= room and _LEAST <= len(text) - at <= room]
        if fit:
            at = min(fit, key=lambda at: (abs(2 * at - len(text)), -at))
            return [text[:at], text[at:]]
    number = -(-len(text) // room)
    if len(text) - (number - 1) * room >= room // 3:
        return [text]  # the last line is long enough as it falls
    each = -(-len(text) // number)
    return [text[at : at + each] for at in range(0, len(text), each)]


def _between(text: str) -> list[int]:
    """Return the places beside a known word where neither a bracket nor a sign is parted from its words."""
    beside = {at for word in _WORDS.finditer(text) for at in word.span()}
    return [
        at for at in sorted(beside) if 0 < at < len(text) and text[at] not in "》）”、" and text[at - 1] not in "《（“"
    ]
