"""The cells of a list of systems, whatever file they come in. Cells are words only: formulas are never computed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from models.domain.errors import RegisterError

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
MAX_CELL = 20_000  # characters
Row = tuple[int, list[str]]  # number as the person sees it, from 1; cells


def read_rows(path: Path) -> list[list[Row]]:
    """Return the sheets of a csv, xlsx, xls or json file as rows of cells.

    Raises:
        RegisterError: the file is missing, too large, or none of these formats.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise RegisterError("文件打不开", name=path.name, advice="请检查路径和权限") from error
    if size > MAX_BYTES:
        raise RegisterError("文件超过 64 MB", name=path.name, advice="请拆分后导入")
    if not data.strip():
        raise RegisterError("文件是空的", name=path.name, advice="请核对后重新导出")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(data, path.name)
    text = _decode(data, path.name)
    return [_json(text, path.name)] if text.lstrip().startswith(("[", "{")) else [_csv(text, path.name)]


def clean(value: object) -> str:
    """Return a cell as text: numbers without .0, dates as ISO, control characters left out."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    text = "".join(c for c in str(value) if c in "\n\t" or c.isprintable() or c == "\u3000").strip()
    # what our own export put before a formula sign
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text


def _decode(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RegisterError("认不出文件的格式或编码", name=name, advice="支持 csv（UTF-8、GBK）、xlsx、json")


def _csv(text: str, name: str) -> list[Row]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [(n, [clean(cell) for cell in row]) for n, row in enumerate(reader, 1)]
    except csv.Error as error:
        raise RegisterError("csv 内容有误", name=name, advice="请用表格软件另存为 UTF-8 csv") from error


def _json(text: str, name: str) -> list[Row]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RegisterError("json 内容有误", name=name, advice="应为系统对象的列表") from error
    if isinstance(content, dict):
        content = next((v for v in content.values() if isinstance(v, list)), None)
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise RegisterError("json 内容不是系统对象的列表", name=name, advice='形如 [{"编号": …, "系统名称": …}]')
    header = list(dict.fromkeys(str(key) for item in content for key in item))
    rows = [(n, [_value(item.get(key)) for key in header]) for n, item in enumerate(content, 1)]
    return [(0, header), *rows]


def _value(value: Any) -> str:  # noqa: ANN401 - JSON values are of any kind
    return "\n".join(clean(v) for v in value) if isinstance(value, list) else clean(value)


def _workbook(data: bytes, name: str) -> list[list[Row]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if data.startswith(b"PK") and _unpacked(data, name) > MAX_UNPACKED:
        raise RegisterError("表格展开后过大", name=name, advice="请拆分后导入")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(workbook.get_sheet_by_name(s).to_python(skip_empty_area=False)) for s in workbook.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise RegisterError("表格无法读取", name=name, advice="请另存为 xlsx 后重试") from error


def _unpacked(data: bytes, name: str) -> int:
    try:
        return sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile as error:
        raise RegisterError("表格已损坏", name=name, advice="请另存为 xlsx 后重试") from error


def _sheet(rows: Sequence[Sequence[object]]) -> list[Row]:
    return [(n, [clean(cell) for cell in row]) for n, row in enumerate(rows, 1)]
