# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the documents claim and a machine can check."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from wazi import config
from wazi.cli import parser
from wazi.types import Outcome

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTEXT.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> list[str]:
    """Every command line that the documents show."""
    shown = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown += re.findall(r"^(?:\.venv/bin/)?wazi .*$", text, re.MULTILINE)
        shown += re.findall(r"`(wazi [^`]+)`", text)
    return shown


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_shown_is_one(line: str) -> None:
    words = re.sub(r"\s+#.*$", "", line).replace(".venv/bin/", "").replace("…", "x").split()[1:]
    verb = words[0]
    help = parser().format_help()
    assert re.search(rf"^\s+{re.escape(verb)}\b", help, re.MULTILINE), line
    options = [word.split("=")[0] for word in words if word.startswith("--")]
    known = parser_options(verb)
    assert [option for option in options if option not in known] == [], line


def parser_options(verb: str) -> set[str]:
    """All options of a verb and of its actions."""
    import argparse

    found: set[str] = set()

    def walk(node: argparse.ArgumentParser) -> None:
        for action in node._actions:
            found.update(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                for child in action.choices.values():
                    walk(child)

    top = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    walk(top.choices[verb])
    return found


def test_every_link_between_the_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_setting_named_in_the_documents_exists() -> None:
    named = {(s, n) for page in PAGES for s, n in re.findall(r"`\[(\w+)\] (\w+)", page.read_text(encoding="utf-8"))}
    known = {
        (s, n)
        for s, field in config.Settings.model_fields.items()
        for n in getattr(field.annotation, "model_fields", {})
    }
    assert named
    assert named - known == set()


def test_every_setting_says_what_it_means() -> None:
    assert [row["setting"] for row in config.table() if not row["meaning"]] == []


def test_every_outcome_is_documented() -> None:
    page = (ROOT / "docs" / "refuse.md").read_text(encoding="utf-8")
    assert [outcome.value for outcome in Outcome if f"`{outcome.value}`" not in page] == []


def test_the_tree_in_the_readme_is_fresh() -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    import make_tree

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert make_tree.with_tree(readme) == readme, "run python docs/make_tree.py"


def test_every_dependency_is_named_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[><=\[]", line)[0] for line in project["dependencies"]]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert [name for name in names if f"| {name} |" not in page] == []
