"""YAML with the line of every value, so that a mistake in a pack can be named by file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from models.domain.errors import PolicyError

Path_ = tuple[str | int, ...]
Place = tuple[str, int]  # file name inside the pack, line from 1

_PROBLEMS = {
    "extra_forbidden": "不认识的键",
    "missing": "缺少必须的键",
    "string_type": "应为文字（数字请加引号）",
    "string_too_short": "不能为空",
    "list_type": "应为列表",
    "dict_type": "应为键值对",
    "literal_error": "不是允许的值",
    "string_pattern_mismatch": "写法不对",
}


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Safe loader that leaves dates as they are written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class Marked:
    """Values of one or several files with the place of each, by path."""

    value: Any
    places: dict[Path_, Place] = field(default_factory=dict)

    def place(self, path: Path_) -> Place:
        """Return the place of a path or of its nearest known parent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, ("pack.yaml", 1))


def fail(place: Place, message: str, advice: str = "") -> NoReturn:
    """Raise the pack's error: `name` is `file:line`."""
    raise PolicyError(message, name=f"{place[0]}:{place[1]}", advice=advice)


def read_marked(path: Path, name: str) -> Marked:
    """Read one YAML file; PolicyError names file, line and token for bad YAML and doubled keys."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        fail((name, 1), f"不是 UTF-8 文字（第 {error.start} 字节）", "请另存为 UTF-8")
    except yaml.YAMLError as error:
        fail((name, 1), f"含有不允许的字符：{error}")
    marked = Marked(None)
    try:
        node = loader.get_single_node()
        marked.value = _value(loader, node, name, (), marked.places) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        fail((name, mark.line + 1 if mark else 1), f"不是有效的 YAML：{error.problem or error.context}")
    except yaml.YAMLError as error:
        fail((name, 1), f"不是有效的 YAML：{error}")
    finally:
        loader.dispose()
    return marked


def _value(loader: _Loader, node: yaml.Node, name: str, path: Path_, places: dict[Path_, Place]) -> Any:  # noqa: ANN401 - YAML holds anything
    """Turn a node into plain data and note the place of everything in it."""
    places[path] = (name, node.start_mark.line + 1)
    if len(path) > 32:
        fail(places[path], "层次过深（可能是循环引用）")
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            line = (name, key_node.start_mark.line + 1)
            if not isinstance(key, str):
                fail(line, f"键“{key_node.value}”应为文字", "数字和日期作键时请加引号")
            if key in out:
                fail(line, f"键“{key}”重复")
            out[key] = _value(loader, value_node, name, (*path, key), places)
            places[*path, key] = line
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, name, (*path, i), places) for i, item in enumerate(node.value)]
    return loader.construct_object(node)


def explain(error: ValidationError, marked: Marked) -> NoReturn:
    """Turn pydantic's first complaint into the pack's error with file, line and token."""
    first = error.errors()[0]
    path = tuple(first["loc"])
    kind = first["type"]
    token = str(path[-1]) if kind in {"missing", "extra_forbidden"} else str(first["input"])[:40]
    fail(marked.place(path), f"{_PROBLEMS.get(kind, first['msg'])}：“{token}”（{'.'.join(map(str, path))}）")
