"""Systems put together by chance of a thing and what offices do with any thing: what a large register is full of.

Nobody's proposal builds them again; a decision that never saw them takes "…到期提醒" of anything for the same function.
The words stand in recombined.yaml.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml

from models.training.duplicates.groups import TrainingSystem

DEPARTMENT = ""  # of no proposal
_WORDS = Path(__file__).with_suffix(".yaml")
_NAMED = (0.2, 0.9)  # how often a function names the thing: in one register hardly, in another mostly
_ALONE = 0.4  # how often one more stands there that names nothing


def recombined(number: int, seed: int = 0) -> tuple[TrainingSystem, ...]:
    """Return so many systems, the same for the same seed."""
    chance = np.random.default_rng(seed)
    words: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text("utf-8"))
    systems = []
    for n in range(number):
        thing = str(chance.choice(words["things"]))
        deeds = [str(deed) for deed in chance.choice(words["deeds"], int(chance.integers(3, 7)), replace=False)]
        functions = [f"{thing}{deed}" if chance.random() < chance.choice(_NAMED) else deed for deed in deeds]
        if chance.random() < _ALONE:
            functions.append(str(chance.choice(words["alone"])))
        who, kind = str(chance.choice(words["who"])), str(chance.choice(words["kinds"]))
        description = f"{who}对{thing}进行{deeds[0]}、{deeds[1]}，由主管部门{deeds[2]}。"
        systems.append(TrainingSystem(f"R{n:04d}", DEPARTMENT, f"{thing}{kind}", description, tuple(functions)))
    return tuple(systems)
