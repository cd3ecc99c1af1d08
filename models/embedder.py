"""Sentence vectors: the same text gives the same vector, alone or among others, today or in a hundred runs.

A dynamically quantised model scales its activations by the largest of the whole input, so that a text's vector would
depend on its neighbours in a batch. Therefore every text is a run of its own; threads work on different texts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError

DEFAULT_MODEL = "multilingual-e5-small"
Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]
_ADVICE = "请运行 python -m models.e5.convert，或在设置中指定 sentence-transformers 模型文件夹"
_MEMORY = 40_000  # vectors kept in memory, 60 MB at 384 dimensions
_MAX_TOKENS = 512


class Embedder(Protocol):
    """What the rest of the program knows of a sentence model."""

    @property
    def name(self) -> str:
        """Model and content hash, as the report names it."""
        ...

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one L2-normalised row a text, float32 (n, d); `query` for the proposal, `passage` for what is searched."""
        ...


class VectorStore(Protocol):
    """Where vectors are kept between runs; `corpus.register.RegisterStore` is one."""

    def get_vectors(self, model: str, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are known, by key."""
        ...

    def put_vectors(self, model: str, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors."""
        ...


class SentenceEmbedder:
    """An `Embedder` over a function that embeds ONE text with its prefix; remembers what it has seen."""

    def __init__(
        self, name: str, one: Callable[[str], Vectors], prompts: Mapping[str, str], store: VectorStore | None = None
    ) -> None:
        """`one` returns a normalised row (d,) and must be safe to call from several threads."""
        self._name = name
        self._one = one
        self._prompts = dict(prompts)
        self._store = store
        self._memory: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """Model and content hash, as the report names it."""
        return self._name

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one L2-normalised row a text, float32 (n, d); (0, 0) for no texts."""
        prompt = self._prompts.get(kind, "")
        prompted = [prompt + text for text in texts]
        missing = list(dict.fromkeys(text for text in prompted if text not in self._memory))
        fresh = self._fetch(missing) if missing else {}
        if len(self._memory) + len(fresh) > _MEMORY:
            self._memory = {text: self._memory[text] for text in prompted if text in self._memory}
        self._memory.update(fresh)
        rows = [self._memory[text] for text in prompted]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def _fetch(self, texts: list[str]) -> dict[str, Vectors]:
        keys = {text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts}
        known = self._store.get_vectors(self._name, list(keys.values())) if self._store else {}
        unknown = [text for text in texts if keys[text] not in known]
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            made = dict(zip(unknown, pool.map(self._one, unknown), strict=True))
        if self._store and made:
            self._store.put_vectors(self._name, {keys[text]: vector for text, vector in made.items()})
        return {text: made[text] if text in made else known[keys[text]] for text in texts}


def default_folder() -> Path:
    """Return where set-up puts the model: under `CHUSHEN_MODELS`, else beside the code."""
    root = os.environ.get("CHUSHEN_MODELS")
    return (Path(root) if root else Path(__file__).parent / "installed") / DEFAULT_MODEL


def load_embedder(where: str | Path | None = None, store: VectorStore | None = None) -> Embedder:
    """Load a sentence model.

    Args:
        where: a sentence-transformers folder, a folder that holds the default model, or a model's name;
            None for the model that set-up installed. A folder with an ONNX file runs without torch.
        store: keeps vectors between runs.

    Raises:
        InstallationError: there is no such model, or a library it needs is missing.
    """
    folder = Path(where) if where else default_folder()
    if (folder / DEFAULT_MODEL).is_dir():
        folder /= DEFAULT_MODEL
    graph = _onnx_file(folder)
    if graph and (folder / "tokenizer.json").is_file():
        return SentenceEmbedder(_named(folder, graph), _onnx(folder, graph), _prompts(folder), store)
    if folder.is_dir() or (where and not folder.exists() and not folder.is_absolute()):
        return _sentence_transformer(str(where) if where and not folder.is_dir() else str(folder), store)
    raise InstallationError("没有找到句向量模型", name=str(folder), advice=_ADVICE)


def _onnx_file(folder: Path) -> Path | None:
    """Prefer the smallest: int8 before the rest."""
    names = (
        "onnx/model_int8.onnx",
        "onnx/model_qint8.onnx",
        "onnx/model_quantized.onnx",
        "onnx/model.onnx",
        "model.onnx",
    )
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _named(folder: Path, file: Path) -> str:
    digest = hashlib.sha256((folder / "tokenizer.json").read_bytes())
    digest.update(file.read_bytes())
    return f"{folder.resolve().name}/{file.stem}@{digest.hexdigest()[:12]}"


def _json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content if isinstance(content, dict) else {}


def _prompts(folder: Path) -> dict[str, str]:
    return _both_prompts(
        _json(folder / "config_sentence_transformers.json").get("prompts") or {}, folder.resolve().name
    )


def _both_prompts(prompts: Mapping[str, str], name: str) -> dict[str, str]:
    """Prefixes for questions and passages; models of the e5 family need them even where their folder is silent."""
    e5 = "e5" in name.lower()
    query = prompts.get("query", "query: " if e5 else "")
    passage = prompts.get("passage") or prompts.get("document") or ("passage: " if e5 else "")
    return {"query": query, "passage": passage}


def _onnx(folder: Path, graph: Path) -> Callable[[str], Vectors]:
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise InstallationError("缺少运行句向量模型的组件", name=str(error.name), advice="请重新安装依赖") from error
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_json(folder / "sentence_bert_config.json").get("max_seq_length") or _MAX_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises its own kinds for a damaged file
        raise InstallationError("句向量模型无法加载", name=str(graph), advice=_ADVICE) from error
    inputs = [i.name for i in session.get_inputs()]
    first_token = bool(_json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))

    def one(text: str) -> Vectors:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = session.run(None, {name: feed[name] for name in inputs})[0][0]
        return _unit(states[0] if first_token else states.mean(axis=0))

    return one


def _sentence_transformer(name: str, store: VectorStore | None) -> Embedder:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise InstallationError(
            "该模型没有 ONNX 文件，需要 sentence-transformers", name=name, advice=_ADVICE
        ) from error
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError) as error:
        raise InstallationError("没有找到句向量模型", name=name, advice=_ADVICE) from error
    base = Path(name).resolve().name if Path(name).is_dir() else name
    weights = Path(name) / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12] if weights.is_file() else "unknown"

    def one(text: str) -> Vectors:
        # prompt="": otherwise the library puts a prompt of its own before the text
        row = model.encode([text], prompt="", normalize_embeddings=True, show_progress_bar=False)[0]
        return np.asarray(row, np.float32)

    return SentenceEmbedder(f"{base}@{digest}", one, _both_prompts(model.prompts, base), store)


def _unit(row: Vectors) -> Vectors:
    length = float(np.linalg.norm(row))
    unit: Vectors = (row / length if length else row).astype(np.float32)
    return unit
