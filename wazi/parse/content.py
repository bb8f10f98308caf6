# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What of an HTML page is content: no scripts, hidden elements and controls, and nothing that belongs to the site.

If the page names its main part, only that is content; else all but banners, menus, footers and consent notices, told by element,
role and class. Where the classes would take most of the text away, they are not believed. It does not know style sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

UNSEEN = re.compile(
    "script|style|noscript|template|nav|head|svg|math|iframe|object|embed|select|button|input|textarea|dialog|canvas|audio"
    "|video|map"
).fullmatch
HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
SITE_ROLES = frozenset(
    ("navigation", "banner", "contentinfo", "search", "menu", "menubar", "toolbar", "tablist", "dialog", "alertdialog")
)
SITE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|breadcrumbs?|nav|navbar|navigation|menu|submenu|dropdown|skip-?(?:links?|nav|to)|share"
    r"|social|sidebar|footer|modal|offcanvas|toolbar|pagination|pager|related|banner)(?:$|[\s_-])",
    re.I,
)
MAIN_SHARE = 0.3
"""Of the page's letters that a main part must hold to be believed."""
KEPT_SHARE = 0.5
"""Of the letters that must remain without the elements that classes name, for the classes to be believed."""


class Content:
    """Tells what of one page is left out."""

    def __init__(self, root: etree._Element) -> None:
        self._main: etree._Element | None = None
        self._above: set[etree._Element] = set()
        self._classes = False
        whole = self._letters(root)
        main = _main(root)
        if main is not None and self._letters(main) >= MAIN_SHARE * whole:
            self._main, self._above, whole = main, {main, *main.iterancestors()}, self._letters(main)
        top = root if self._main is None else self._main
        self._classes = True
        self._classes = self._letters(top) >= KEPT_SHARE * whole

    def leaves_out(self, element: etree._Element) -> bool:
        """Is the element, with all in it, no content? Asked from the outside in."""
        if element in self._above:
            return False
        parent = element.getparent()
        if self._main is not None and parent in self._above and parent is not self._main:
            return True  # beside the main part
        return self._unseen(element)

    def _unseen(self, element: etree._Element) -> bool:
        if UNSEEN(element.tag) or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        if element.get("role") in SITE_ROLES or HIDING_STYLE.search(element.get("style") or ""):
            return True
        if element.tag == "footer":
            return next(element.iterancestors("article", "blockquote"), None) is None
        return self._classes and _is_of_the_site(element)

    def _letters(self, top: etree._Element) -> int:
        return sum(len("".join(text.split())) for text in self._texts(top))

    def _texts(self, top: etree._Element) -> Iterator[str]:
        for event, element in (walk := etree.iterwalk(top, events=("start", "end"))):
            if event == "start" and element is not top and self._unseen(element):
                walk.skip_subtree()
                yield element.tail or ""
            elif event == "start":
                yield element.text or ""
            elif element is not top and not self._unseen(element):
                yield element.tail or ""


def _is_of_the_site(element: etree._Element) -> bool:
    if element.tag in {"body", "main", "article", "section", "table", "td", "p"} or element.get("role") == "main":
        return False
    return any(SITE_WORDS.search(element.get(key) or "") for key in ("class", "id"))


def _main(root: etree._Element) -> etree._Element | None:
    """The law on a law portal, else the one main element, else the one article."""
    for path in (".//la-akoma-ntoso", ".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        if len(found) == 1:
            return found[0]
    return None
