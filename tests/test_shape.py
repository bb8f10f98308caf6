# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The shape of the house, measured: what separates code that people like to read from code that they do not."""

import ast
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from wazi import access, ask, config, ingest
from wazi.desk import Desk
from wazi.store import Scored
from wazi.types import Scope

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "wazi"
MODULES = sorted(HOUSE.rglob("*.py"))
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
HOPS = 4
LICENCE_LINE = "SPDX-License-" + "Identifier: Apache-2.0"

CATCH_ALL = {"wazi/ask.py": 1, "wazi/ingest.py": 1}
"""One request, one ingested file."""

STEPS = {
    "ingest": ["sources", "parse", "chunk", "embed", "store"],
    "ask": ["understand", "retrieve", "rerank", "compose", "cite", "verify"],
}


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name_of(module)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for module in MODULES
        for node in functions(module)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_too_long_to_read() -> None:
    lengths = {name_of(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_two_places_catch_everything_and_each_says_why() -> None:
    found: dict[str, int] = {}
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node):
                found[name_of(module)] = found.get(name_of(module), 0) + 1
    assert found == CATCH_ALL


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """One that ends in a bare `raise` tidies up and swallows nothing: it does not count."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def test_one_module_reads_the_environment() -> None:
    readers = [
        name_of(module)
        for module in MODULES
        if any(word in module.read_text(encoding="utf-8") for word in ("os.environ", "getenv", "environb"))
    ]
    assert readers == ["wazi/config.py"]


def test_only_the_shell_prints() -> None:
    printing = {
        name_of(module)
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"wazi/cli.py"}


def test_every_module_says_what_it_is() -> None:
    silent = [
        name_of(module) for module in MODULES if not ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_file_carries_its_licence() -> None:
    missing = [name_of(module) for module in MODULES if LICENCE_LINE not in module.read_text()[:200]]
    assert missing == []


def test_the_tree_is_flat() -> None:
    assert [name_of(module) for module in MODULES if len(module.relative_to(HOUSE).parts) > 2] == []


@pytest.mark.parametrize("step", sorted({step for steps in STEPS.values() for step in steps}))
def test_one_word_for_a_step_everywhere(step: str) -> None:
    """The module, its section of the settings, its tests and its page in the docs have the same name."""
    assert (HOUSE / f"{step}.py").exists() or (HOUSE / step / "__init__.py").exists()
    assert (ROOT / "tests" / f"test_{step}.py").exists()
    assert (ROOT / "docs" / f"{step}.md").exists()
    if step not in ("cite", "verify"):  # neither has a dial
        assert step in config.Settings.model_fields


def test_a_path_names_its_steps_in_order() -> None:
    for path, steps in STEPS.items():
        lines = (HOUSE / f"{path}.py").read_text(encoding="utf-8").split('"""')[1]
        shown = [word for word in lines.replace(":", " ").replace(".", " ").split() if word in steps or word == "fetch"]
        wanted = ["fetch" if step == "sources" else step for step in steps]
        assert [word for word in shown if word in wanted][: len(wanted)] == wanted


def test_four_functions_between_the_question_and_the_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the question path; the web page adds its handler."""
    stacks: list[list[str]] = []
    inner = desk.store.lexical

    def lexical(tokens: Sequence[str], scope: Scope, k: int) -> list[Scored]:
        stacks.append([frame.name for frame in traceback.extract_stack() if frame.filename.startswith(str(HOUSE))])
        return inner(tokens, scope, k)

    monkeypatch.setattr(desk.store, "lexical", lexical)
    ask.answer("What does a stall cost?", access.keeper(), desk, model="quote")
    assert stacks == [["answer", "ask", "_steps", "retrieve"]]
    assert len(stacks[0]) <= HOPS


def test_the_question_path_is_an_ordered_list_of_steps() -> None:
    assert len(Path(ask.__file__).read_text(encoding="utf-8").splitlines()) < 130
    assert len(Path(ingest.__file__).read_text(encoding="utf-8").splitlines()) < 290


def test_help_needs_no_heavy_library() -> None:
    heavy = ["numpy", "lance", "pyarrow", "openvino", "fastapi", "pydantic", "pypdfium2", "py3langid", "httpx"]
    code = f"import sys, wazi.cli; wazi.cli.parser(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_default_install_has_no_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not [name for name in project["dependencies"] if "torch" in name or "transformers" in name]
