"""XML as feeds, sitemaps and OPML are written: by lxml, so that what comes out is well-formed whatever goes in.

Django's feedgenerator is not used: it stops at a control character, writes U+FFFE through, knows neither `<content>` nor the
further links of an entry, and drops the whole feed with one bad entry.
"""

from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree

from linklog.core.xml import strip_illegal

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
Element: TypeAlias = etree._Element
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def root(tag: str, namespaces: Mapping[str | None, str] | None = None, /, **attributes: str) -> Element:
    """A document's element. Names without a prefix are of the namespace under None."""
    element = etree.Element(tag, nsmap=dict(namespaces or {}))
    _set(element, attributes)
    return element


def add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    """A child with text and attributes, less the characters XML forbids; attributes that are "" are left out."""
    element = etree.SubElement(parent, tag)
    if text is not None:
        element.text = strip_illegal(text)
    _set(element, attributes)
    return element


def _set(element: Element, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if value:
            element.set(LANG if name == "lang" else name, strip_illegal(value))


def document(element: Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)
