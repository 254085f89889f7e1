"""The formats that can be imported, and which of them a file is."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from linklog.core.xml import NotXml, root_name
from linklog.importers import atom, jsonfeed, rss
from linklog.importers.contract import ImportedPost, ImportProblem, SourceError

Reader = Callable[[BinaryIO], Iterator[ImportedPost | ImportProblem]]

IMPORTERS: dict[str, Reader] = {"atom": atom.read, "rss": rss.read, "jsonfeed": jsonfeed.read}
NAMES = {"atom": "Atom", "rss": "RSS", "jsonfeed": "JSON Feed"}
_ROOTS = {"feed": "atom", "rss": "rss", "RDF": "rss"}
_HEAD = 65_536


def sniff(file: BinaryIO, wanted: str = "auto") -> str:
    """The format of `file`, which is left at its beginning. Raises SourceError where it is none, or another than `wanted`."""
    head = file.read(_HEAD)
    file.seek(0)
    found = _format_of(head)
    if wanted not in ("auto", found):
        raise SourceError(f"The file is not {NAMES[wanted]}, but {NAMES[found]}.")
    return found


def _format_of(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise SourceError("The file is empty.")
    if start.startswith(b"{"):
        return "jsonfeed"
    try:
        root = root_name(head)
    except NotXml as error:
        is_page = b"<html" in start[:2000].lower()
        about = "The file is a web page, not a feed." if is_page else str(error)
        if not start.startswith(b"<") and b"\0" not in start[:4]:
            about = "The file is neither a feed in Atom or RSS nor a JSON Feed."
        raise SourceError(about) from None
    if root not in _ROOTS:
        name = "a web page" if root.lower() == "html" else f"XML with <{root}> at its root"
        raise SourceError(f"The file is {name}, not a feed in Atom or RSS.")
    return _ROOTS[root]
