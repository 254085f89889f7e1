"""XML as Linklog reads and writes it: the characters that XML 1.0 allows, and the one parser that is safe on untrusted files."""

import codecs
import re
from collections.abc import Collection, Iterator
from html.entities import html5
from typing import BinaryIO, TypeAlias
from xml.sax.saxutils import escape as xml_escape

from lxml import etree

# https://www.w3.org/TR/xml/#charsets, with the non-characters U+FFFE and U+FFFF and lone surrogates left out as it does
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,8})|#([0-9]{1,10})|([A-Za-z][A-Za-z0-9]{1,30}));")
_LONGEST_REFERENCE = 34
_XML_ENTITIES = {"lt", "gt", "amp", "quot", "apos"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_PROLOGUE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)[\s/>]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
# Character sets of languages only: Python also knows codecs that decompress or evaluate.
_CHARSETS = ("utf-8", "utf-16", "utf-32", "ascii", "iso", "cp", "koi8", "mac-", "gb", "big5", "shift", "euc")
_HEAD = 65_536
_CHUNK = 65_536


Element: TypeAlias = etree._Element


class NotXml(Exception):
    """The file holds no XML that may be read; the message says why in one sentence."""


class BrokenXml(Exception):
    """The file stopped being well-formed at `line`."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def strip_illegal(text: str) -> str:
    """`text` without the characters that no XML document may hold, and with line ends as LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)


def root_name(head: bytes) -> str:
    """The local name of the root element, read from the beginning of a file.

    Raises NotXml where there is none, and where there is a document type: it may define entities that grow without
    bound or name other files, and no feed needs one.
    """
    text = head.decode(_encoding(head), "replace").lstrip("\ufeff")
    position = 0
    while match := _PROLOGUE.match(text, position):
        position = match.end()
    if text[position : position + 9].upper() == "<!DOCTYPE":
        raise NotXml(
            "The file has a document type declaration (DOCTYPE), which is refused for safety: no feed needs one."
        )
    root = _ROOT.match(text, position)
    if root is None:
        raise NotXml("The file is not XML.")
    return root[1]


def iter_elements(file: BinaryIO, containers: Collection[str]) -> Iterator[tuple[str, Element]]:
    """("start", element) where a container (by local name) opens, ("end", element) for each child of one as it closes.

    An element may be used until the next is asked for: it is emptied then, so that a file of any length takes little memory.
    Nothing is loaded from anywhere, no entity is resolved. Raises NotXml and BrokenXml.
    """
    source = _CleanStream(file)
    events = etree.iterparse(
        source, events=("start", "end"), encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    depth = inside = 0
    try:
        for event, element in events:
            name = local_name(element)
            if event == "start":
                if depth == inside and name in containers:
                    inside += 1
                    yield "start", element
                depth += 1
                continue
            depth -= 1
            if inside and depth == inside:
                yield "end", element
                _forget(element)
            elif depth < inside:
                inside -= 1
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise BrokenXml(error.lineno or 1, (error.msg or "").partition(", line")[0]) from None


def _forget(element: Element) -> None:
    """Empty `element` and drop what came before it; the element itself is still held by the parser."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _encoding(head: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    declared = _DECLARED.match(head)
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name if declared else "utf-8"
    except LookupError:
        return "utf-8"
    return name if name.startswith(_CHARSETS) else "utf-8"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 in a file that says so are nearly always Windows-1252, pasted in."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("linklog.windows-1252", _as_windows_1252)


class _CleanStream:
    """A file as UTF-8 without what would stop a parser: control characters, references to them, HTML's entities, a
    blank before the declaration."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        head = file.read(_HEAD)
        root_name(head)
        encoding = _encoding(head)
        errors = "linklog.windows-1252" if encoding.startswith("utf-8") else "replace"
        self.decoder = codecs.getincrementaldecoder(encoding)(errors)
        self.held = ""
        self.ready = self._clean(self.decoder.decode(head).lstrip("\ufeff \t\r\n"))
        self.is_done = False

    def read(self, size: int = -1) -> bytes:
        while not self.ready and not self.is_done:
            chunk = self.file.read(_CHUNK)
            self.is_done = not chunk
            self.ready = self._clean(self.decoder.decode(chunk, final=not chunk))
        size = len(self.ready) if size < 0 else size
        data, self.ready = self.ready[:size], self.ready[size:]
        return data

    def _clean(self, text: str) -> bytes:
        text = self.held + text
        cut = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        is_open = cut >= 0 and ";" not in text[cut:] and len(text) > cut and not getattr(self, "is_done", False)
        text, self.held = (text[:cut], text[cut:]) if is_open else (text, "")
        return _ILLEGAL.sub("", _REFERENCE.sub(_mended_reference, text)).encode()


def _mended_reference(match: re.Match[str]) -> str:
    """A reference that XML knows, whatever HTML or a careless program wrote."""
    hexadecimal, decimal, name = match.groups()
    if name:
        return match[0] if name in _XML_ENTITIES else xml_escape(html5.get(f"{name};", match[0]))
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return match[0] if number < 0x110000 and not _ILLEGAL.match(chr(number)) else ""


def local_name(element: Element) -> str:
    return etree.QName(element).localname


def namespace(element: Element) -> str:
    return etree.QName(element).namespace or ""


def inner_markup(element: Element) -> str:
    """What stands within `element` as HTML: for XHTML in a feed."""
    pieces = [xml_escape(element.text or "")]
    for child in element:
        copy = _without_namespaces(child)
        pieces.append(etree.tostring(copy, encoding="unicode", method="html", with_tail=False))
        pieces.append(xml_escape(child.tail or ""))
    return "".join(pieces)


def _without_namespaces(element: Element) -> Element:
    """A copy whose names are bare, as HTML writes them; children that are no elements are left out."""
    copy = etree.Element(local_name(element))
    copy.text, copy.tail = element.text, element.tail
    for name, value in element.attrib.items():
        copy.set(etree.QName(name).localname, value)
    for child in element:
        copy.append(_without_namespaces(child))
    return copy
