"""Zip files of strangers: bounded before and while they are unpacked, odd entries left out with a reason."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Container
from pathlib import Path

from ingest.limits import ARCHIVE, ArchiveLimits
from models.domain.document import ReadNote
from models.domain.errors import ReadError, RefusedError

_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
_UTF8 = 0x800
_PATH_LIMIT = 1_000
_ADVICE_REPACK = "请重新打包，或直接提交其中的文件"
_ADVICE_RESAVE = "请用 Word 或 WPS 打开后另存，再重新提交"


class Archive:
    """A zip opened within limits; `names` are safe relative paths, `notes` tell what was left out."""

    def __init__(self, source: bytes | Path, name: str, limits: ArchiveLimits = ARCHIVE) -> None:
        """Open and check the directory of the zip; RefusedError beyond the limits, ReadError where damaged."""
        self.name = name
        self.notes: list[ReadNote] = []
        self._limits = limits
        self._left = limits.total
        self._source = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._source)
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, OverflowError) as error:
            self._source.close()
            raise ReadError("文件不完整或已损坏，无法打开", name=name, advice=_ADVICE_RESAVE) from error
        self._check(infos)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._admit(info)

    @property
    def names(self) -> list[str]:
        """Safe names of the files inside, in the order of the zip's directory."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        """Tell whether this entry is there and was not refused."""
        return name in self._entries

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._source.close()

    def read(self, name: str) -> bytes:
        """Unpack one entry, counting real bytes; KeyError where absent, ReadError damaged, RefusedError too large."""
        info = self._entries[name]
        if info.flag_bits & _ENCRYPTED:
            raise ReadError("压缩包内的文件已加密", name=self.name, advice="请取消密码后重新提交")
        try:
            data = self._stream(info)
        except zipfile.BadZipFile as error:
            data = self._salvage(info, error)
        except (zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise ReadError(f"“{name}”已损坏，无法解压", name=self.name, advice=_ADVICE_RESAVE) from error
        self._left -= len(data)
        return data

    def _stream(self, info: zipfile.ZipInfo) -> bytes:
        parts: list[bytes] = []
        size = 0
        with self._zip.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                self._bound(size)
                parts.append(chunk)
        return b"".join(parts)

    def _bound(self, size: int) -> None:
        if size > self._limits.part or size > self._left:
            raise RefusedError("解压后过大，已停止读取", name=self.name, advice="请拆分文件或压缩其中的图片后重新提交")

    def _salvage(self, info: zipfile.ZipInfo, error: zipfile.BadZipFile) -> bytes:
        """Unpack an entry whose checksum is wrong: what inflates to its full length is kept with a note."""
        source = self._source
        source.seek(info.header_offset)
        header = source.read(30)
        damaged = ReadError(f"“{info.filename}”已损坏，无法解压", name=self.name, advice=_ADVICE_RESAVE)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise damaged from error
        source.seek(sum(struct.unpack("<HH", header[26:30])), io.SEEK_CUR)
        packed = source.read(info.compress_size)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                packed = inflater.decompress(packed, min(self._limits.part, max(self._left, 0)) + 1)
            except zlib.error:
                raise damaged from error
        self._bound(len(packed))
        if len(packed) != info.file_size:
            raise damaged from error
        self.notes.append(ReadNote(shown_entry(info.filename), "校验值不符，内容可能有损坏，请核对原件"))
        return packed

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        advice = _ADVICE_REPACK
        if len(infos) > limits.entries:
            raise RefusedError(f"压缩包内有{len(infos)}个条目，超过{limits.entries}个", name=self.name, advice=advice)
        if sum(i.file_size for i in infos) > limits.total or any(i.file_size > limits.part for i in infos):
            raise RefusedError("解压后过大，未予解压", name=self.name, advice="请拆分文件或压缩其中的图片后重新提交")
        if any(i.file_size > limits.ratio_from and i.file_size > limits.ratio * i.compress_size for i in infos):
            raise RefusedError("压缩比异常，疑似压缩炸弹，未予解压", name=self.name, advice=advice)
        end = -1
        for info in sorted(infos, key=lambda i: i.header_offset):
            if info.header_offset < end:
                raise RefusedError("压缩包内的条目相互重叠，未予解压", name=self.name, advice=advice)
            end = info.header_offset + 30 + info.compress_size

    def _admit(self, info: zipfile.ZipInfo) -> None:
        name = _decoded(info)
        if name.endswith("/"):
            return
        why = entry_objection(name, link=stat.S_ISLNK(info.external_attr >> 16), taken=self._entries)
        if why:
            self.notes.append(ReadNote(shown_entry(name), why))
            return
        self._entries[name] = info


def entry_objection(name: str, *, link: bool, taken: Container[str]) -> str:
    """Return why an entry of an archive is not unpacked, "" where nothing speaks against it."""
    parts = name.split("/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "压缩包条目使用绝对路径，未读取"
    if ".." in parts:
        return "压缩包条目指向上级目录，未读取"
    if link:
        return "压缩包条目是符号链接，未读取"
    if not name or "\0" in name or len(name) > _PATH_LIMIT:
        return "压缩包条目名称异常，未读取"
    return "压缩包内有同名条目，只读取第一个" if name in taken else ""


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return the entry's name: UTF-8 where flagged or valid, else GB18030 (Chinese zip programs), `/` as separator."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding) if raw else name
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def shown_entry(name: str) -> str:
    """Return a name fit for a message: one line, no control or direction characters, bounded."""
    return "".join(c for c in name if unicodedata.category(c)[0] != "C")[:120]
