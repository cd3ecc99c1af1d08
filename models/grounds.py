"""The ground of 第七条 on which a project may be reviewed, found in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.domain.policy import Policy
from models.domain.submission import Fact, Field, Passage, PassageKind
from models.text import normalise

_MANY = 240  # characters beyond which a field of the form is no single ground


def ground(stated: Sequence[Passage], fields: Sequence[Field], policy: Policy) -> Fact | None:
    """Return the fact `ground`: the clause as value, the sentence or field that states it as evidence; None where none.

    The grounds of the pack are tried in their order, each in the sections it names, then in the form's 建设依据.
    """
    for one in (policy.data or {}).get("grounds", ()):
        for number in one["templates"]:
            for passage in stated:
                if number in passage.template and passage.kind is not PassageKind.TITLE and _holds(passage.text, one):
                    return Fact("ground", one["clause"], passage.text, "", passage.evidence, f"plan:{number}")
        for field in fields:
            if field.key == "basis" and len(field.value) <= _MANY and _holds(field.value, one):
                return Fact("ground", one["clause"], field.value, "", field.evidence, f"form:{field.label}")
    return None


def _holds(text: str, one: dict[str, str]) -> bool:
    plain = re.sub(r"\s+", "", normalise(text)).replace(";", "；").replace("[", "〔").replace("]", "〕")
    if one["not"] and re.search(one["not"], plain):
        return False
    return bool(re.search(one["words"], plain)) and (not one["need"] or bool(re.search(one["need"], plain)))
