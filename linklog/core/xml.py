"""XML as Linklog reads and writes it: the characters that XML 1.0 allows, and the one parser that is safe on untrusted files."""

import re

# https://www.w3.org/TR/xml/#charsets, with the non-characters U+FFFE and U+FFFF and lone surrogates left out as it does
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def strip_illegal(text: str) -> str:
    """`text` without the characters that no XML document may hold, and with line ends as LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)
