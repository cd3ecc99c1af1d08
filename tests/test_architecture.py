"""The house keeps its shape: layers, homes of heavy libraries, sizes, names."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ingest", "analyzers", "models", "api", "corpus")
LONGEST = 300
LONG_ON_PURPOSE = re.compile(r"^# long on purpose: \S", re.MULTILINE)
FORBIDDEN_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|manager|managers)(_|$)")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Where each heavy library may be imported: files or folders below the root.
HOMES = {
    "spacy": ("models",),
    "sklearn": ("models",),
    "sentence_transformers": ("models",),
    "torch": ("models",),
    "onnxruntime": ("models",),
    "tokenizers": ("models",),
    "jieba": ("models",),
    "pdfplumber": ("ingest",),
    "pypdfium2": ("ingest",),
    "rapidocr": ("ingest/scan",),
    "cv2": ("ingest/scan",),
    "PIL": ("ingest/scan",),
    "docx": ("ingest", "api/reports"),
    "typst": ("api/reports",),
    "fastapi": ("api/http", "api/http.py"),
    "psycopg": ("corpus/register",),
    "sqlalchemy": ("corpus/register", "corpus/register.py", "api/store"),
}


def modules() -> list[Path]:
    """All modules of the program, without what set-up put into models/installed."""
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "installed" not in path.relative_to(ROOT).parts
    )


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of everything a module imports, anywhere in it, by statement or by `import_module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif (
            isinstance(node, ast.Call)
            and node.args
            and ast.unparse(node.func).endswith(("import_module", "__import__"))
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value).partition(".")[0]


def strangers(path: str, source: str) -> list[str]:
    """Heavy libraries that `source`, standing at `path` below the root, imports away from their home."""
    return [
        name
        for name in imported(ast.parse(source))
        if name in HOMES and not any(path == home or path.startswith(home + "/") for home in HOMES[name])
    ]


def defined_names(path: Path) -> Iterator[str]:
    """Names of the module's folders, of itself, and of what it defines."""
    yield from path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def forbidden(name: str) -> bool:
    return bool(FORBIDDEN_NAMES.search(CAMEL.sub("_", name).lower()))


def test_there_are_modules_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(PACKAGES)


def test_layers_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_dependency_ships_our_top_level_names() -> None:
    shippers = importlib.metadata.packages_distributions()
    clashes = {name: set(shippers.get(name, [])) - {"chushen"} for name in PACKAGES}
    assert not {name: who for name, who in clashes.items() if who}


def declared_licences(distribution: importlib.metadata.Distribution) -> list[str]:
    """What a package says its licence is, in a few words; not the licence's text."""
    known = distribution.metadata
    classifiers = [line for line in known.get_all("Classifier") or [] if line.startswith("License ::")]
    return [known.get("License-Expression") or "", (known.get("License") or "").partition("\n")[0], *classifiers]


def test_no_dependency_is_gpl() -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/test.lock").read_text(encoding="utf-8"), re.MULTILINE)
    checked = []
    for name in locked:
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # locked for another system
        checked.append(name)
        said = " ".join(declared_licences(distribution))
        # LGPL is not GPL: such a library is used unchanged, as its own package (NOTICE names each).
        said = re.sub(r"LGPL\S*|GNU Lesser General Public License[^:]*", "", said)
        assert not re.search(r"GPL|General Public", said), (name, said)
    assert len(checked) > 80


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("analyzers/neg1.py", "def check():\n    import spacy\n", ["spacy"]),
        ("models/language.py", "import spacy.tokens\nfrom jieba import cut\n", []),
        ("api/cli.py", "from fastapi import FastAPI\n", ["fastapi"]),
        ("api/http/app.py", "from fastapi import FastAPI\n", []),
        ("api/httpx.py", "import fastapi\n", ["fastapi"]),
        ("corpus/search.py", "import importlib\nimportlib.import_module('sklearn.neighbors')\n", ["sklearn"]),
        ("api/reports/docx.py", "import docx\nfrom . import docx\n", []),
    ],
)
def test_strangers_are_found(path: str, source: str, expected: list[str]) -> None:
    assert strangers(path, source) == expected


def test_heavy_libraries_stay_at_home() -> None:
    found = {}
    for path in modules():
        place = path.relative_to(ROOT).as_posix()
        if away := strangers(place, path.read_text(encoding="utf-8")):
            found[place] = away
    assert not found


def test_modules_are_short_or_say_why_not() -> None:
    long = {}
    for path in modules():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LONGEST and not LONG_ON_PURPOSE.search(text):
            long[path.relative_to(ROOT).as_posix()] = lines
    assert not long, "split it, or add a line '# long on purpose: <reason>'"


@pytest.mark.parametrize("name", ["utils", "text_helpers", "QueueManager", "helperFunctions"])
def test_forbidden_names_are_recognised(name: str) -> None:
    assert forbidden(name)


@pytest.mark.parametrize("name", ["management_fee", "utility", "table_rows"])
def test_ordinary_names_pass(name: str) -> None:
    assert not forbidden(name)


def test_names_say_what_a_thing_is() -> None:
    found = {name for path in modules() for name in defined_names(path) if forbidden(name)}
    assert not found
