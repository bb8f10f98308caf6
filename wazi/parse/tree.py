# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""XML bytes -> an element tree, and the plain questions that readers of XML formats ask of it.

Nothing outside the bytes is loaded, entities of a document's own are refused, and trees deeper or texts longer than libxml2
allows by default are an error. It knows no format: names are compared without their namespace, which differs between
versions of a format.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from wazi.errors import InputError

ENTITY = b"<!ENTITY"


def read(data: bytes, name: str) -> etree._Element:
    """The root element. Raises InputError for XML that is damaged or declares entities."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        refuse_entities(data, name)
        raise InputError(f"{name} holds damaged XML ({str(error).splitlines()[0][:120]}): save it anew") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        refuse_entities(ENTITY, name)
    return root


def refuse_entities(data: bytes, name: str) -> None:
    """Raise InputError if the bytes declare entities: they can grow without end, and their text would be missed."""
    if ENTITY in data:
        raise InputError(f"{name} declares XML entities, which can be a trap: save it without them")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """The value of an attribute, whatever its namespace."""
    value = element.get(name)
    if value is None:
        value = next((v for key, v in element.attrib.items() if key.rpartition("}")[2] == name), default)
    return str(value)


def number(element: etree._Element, name: str, default: int) -> int:
    """A whole number in an attribute; the default where there is none."""
    try:
        return int(attribute(element, name))
    except ValueError:
        return default


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """The children with one of these names; of no element, none."""
    return (child for child in (element if element is not None else ()) if local(child) in names)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of that name, its first child of the next name, and so on."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The descendants, and the element itself, with one of these names, in document order."""
    return (each for each in element.iter() if local(each) in names)
