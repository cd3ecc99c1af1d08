"""Sentence vectors, the same for the same text whatever stands beside it.

A folder with `onnx/model_int8.onnx` is run by onnxruntime without importing torch; any other folder or name goes to
sentence-transformers. A quantised model scales its activations by the batch it gets, so that one text would have other
vectors in other company: every text is run by itself.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError
from models.e5.convert import default_folder

Kind = Literal["query", "passage"]
LONGEST = 512  # tokens the model reads of one text
_REMEMBERED = 50_000  # vectors kept in memory; a register of any size is embedded in as much
ADVICE = "请运行 make demo 完成安装，或设置 CHUSHEN_EMBEDDER 为 sentence-transformers 模型目录"


class Embedder(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name and version of the model, as reports give it."""
        ...

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Return L2-normalised vectors (n, d); the same text always has the same vector."""
        ...


class OnnxEmbedder:
    """onnxruntime + tokenizers over a sentence-transformers folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds tokenizer.json and onnx/model_int8.onnx."""
        self.folder = folder
        self._file = folder / "onnx" / "model_int8.onnx"

    @cached_property
    def name(self) -> str:
        """Folder name with the first digits of the model's hash."""
        return f"{self.folder.name}-int8-{_digest(self._file)[:8]}"

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 -- onnxruntime is untyped
        import onnxruntime  # 0.3 s to import

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self._file), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 -- tokenizers is untyped
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(LONGEST)
        return tokenizer

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Embed each text by itself."""
        rows = [self._one(f"{kind}: {text}") for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._session.get_outputs()[0].shape[2])

    def _one(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        (tokens,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vector = tokens[0].mean(0)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


class TorchEmbedder:
    """Any sentence-transformers model, by folder or name."""

    def __init__(self, where: str) -> None:
        """`where`: a folder or a name that is already on this machine."""
        try:
            from sentence_transformers import SentenceTransformer  # 7 s to import
        except ImportError as error:
            raise InstallationError(
                "没有安装 sentence-transformers", name=where, advice="pip install sentence-transformers，或改用自带模型"
            ) from error
        try:
            self._model = SentenceTransformer(where, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise InstallationError("找不到句向量模型", name=where, advice=ADVICE) from error
        self.name = f"{Path(where).name}-sentence-transformers"

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Embed each text by itself."""
        if not texts:
            return np.zeros((0, int(self._model.get_sentence_embedding_dimension() or 0)), np.float32)
        prompt = f"{kind}: " if self._model.prompts.get(kind) or "e5" in self.name else ""
        vectors = self._model.encode(
            list(texts), batch_size=1, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


class CachedEmbedder:
    """Keeps vectors by text: the latest in memory, all on disk between runs where a file is given."""

    def __init__(self, inner: Embedder, file: Path | None = None) -> None:
        """`file`: an SQLite file; a broken one is left aside, the vectors are computed again."""
        self._inner = inner
        self.name = inner.name
        self._known: dict[str, NDArray[np.float32]] = {}
        self._store = _open(file) if file else None

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Return known vectors and compute the others."""
        keys = [hashlib.sha256(f"{self.name}\x1f{kind}\x1f{t}".encode()).hexdigest() for t in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        self._fetch(missing)
        if missing:
            vectors = self._inner.encode(list(missing.values()), kind)
            self._keep(dict(zip(missing, vectors, strict=True)))
        if not keys:
            return self._inner.encode([], kind)
        rows = np.stack([self._known[k] for k in keys])
        for key in list(islice(self._known, max(len(self._known) - _REMEMBERED, 0))):  # the oldest
            del self._known[key]
        return rows

    def _fetch(self, missing: dict[str, str]) -> None:
        if self._store is None:
            return
        for key in list(missing):
            row = self._store.execute("select vector from vectors where key = ?", (key,)).fetchone()
            if row:
                self._known[key] = np.frombuffer(row[0], np.float32)
                del missing[key]

    def _keep(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self._known.update(vectors)
        if self._store is not None:
            rows = [(k, v.tobytes()) for k, v in vectors.items()]
            with self._store:
                self._store.executemany("insert or ignore into vectors values (?, ?)", rows)


def _open(file: Path) -> sqlite3.Connection | None:
    """Open the cache; None where the place cannot be written (a cache is never worth an error)."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(file, timeout=30, check_same_thread=False)
        store.execute("pragma journal_mode = wal")
        store.execute("pragma synchronous = normal")  # a search does not wait for the disk; what is lost is made again
        store.execute("create table if not exists vectors (key text primary key, vector blob not null)")
        store.commit()
    except (OSError, sqlite3.Error):
        return None
    return store


def load_embedder(where: str | Path | None = None, cache: Path | None = None) -> Embedder:
    """Return the embedder of a folder or name, by default the one set-up made.

    Raises:
        InstallationError: there is none.
    """
    folder = Path(where) if where else default_folder()
    if (folder / "onnx" / "model_int8.onnx").exists():
        return CachedEmbedder(OnnxEmbedder(folder), cache)
    if where is None:
        raise InstallationError("还没有安装句向量模型", name=str(folder), advice=ADVICE)
    return CachedEmbedder(TorchEmbedder(str(where)), cache)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
