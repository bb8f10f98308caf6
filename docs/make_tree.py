# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Write the commented file tree of the README from the first lines of the modules' docstrings: `python docs/make_tree.py`."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPEN, CLOSE = "<!-- tree: made by python docs/make_tree.py -->", "<!-- /tree -->"
PATHS = ["ingest.py", "ask.py"]


def first_line(module: Path) -> str:
    """What a module says it is, in one line."""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split()).rstrip(".")


def tree() -> str:
    """The tree: the two paths first, then everything else by name; drawers with their parts."""
    house = ROOT / "wazi"
    modules = [house / name for name in PATHS]
    modules += [path for path in sorted(house.glob("*.py")) if path.name not in (*PATHS, "__init__.py")]
    lines = [f"{path.name:15} {first_line(path)}" for path in modules]
    for folder in sorted(path.parent for path in house.glob("*/__init__.py")):
        lines += ["", f"{folder.name + '/':15} {first_line(folder / '__init__.py')}"]
        lines += [
            f"  {path.name:13} {first_line(path)}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"
        ]
    return "\n".join(["```", "wazi/", *(line.rstrip() for line in lines), "```"])


def with_tree(readme: str) -> str:
    """The README with a fresh tree."""
    before, rest = readme.split(OPEN)
    _, after = rest.split(CLOSE)
    return f"{before}{OPEN}\n{tree()}\n{CLOSE}{after}"


if __name__ == "__main__":
    file = ROOT / "README.md"
    file.write_text(with_tree(file.read_text(encoding="utf-8")), encoding="utf-8")
