"""JSON read a value at a time: the members of the top object, and the elements of one long array among them one by one."""

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

MAX_DEPTH = 100
MAX_DIGITS = 1000
_CHUNK = 65_536
_HEX = "[0-9a-fA-F]"
_FIRST = rf"\\u[dD][89abAB]{_HEX}{{2}}"
_SECOND = rf"\\u[dD][c-fC-F]{_HEX}{{2}}"
# One escape of a string; `open` one that the end of the text cuts off, `half` one that names half of a surrogate pair
_ESCAPE = re.compile(
    rf"{_FIRST}{_SECOND}|(?P<open>(?:{_FIRST})?\\(?:u{_HEX}{{0,3}})?\Z|{_FIRST}\Z)|(?P<half>{_FIRST}|{_SECOND})|\\.",
    re.DOTALL,
)
_LONGEST_ESCAPE = 12
_SIMPLE_ESCAPE = re.compile(r"\\.", re.DOTALL)
_LONG_NUMBER = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")
_TOKEN = re.compile(rf'"(?:[^"\\]|\\.)*+"?|(?P<long>[0-9]{{{MAX_DIGITS + 1},}})', re.DOTALL)


class NotJson(Exception):
    """The file is not a JSON object."""


class BrokenJson(Exception):
    """The file stopped being JSON; the message says how."""


def members(file: BinaryIO, array: str, skip_array: bool = False) -> Iterator[tuple[str, Any]]:
    """(key, value) of the top object. The array called `array` comes as (array, element) for each of its elements, or
    not at all if `skip_array`: its elements are then not even kept. Raises NotJson and BrokenJson.
    """
    events = ijson.basic_parse(_CleanStream(file))
    depth, key, builder, in_array = 0, "", None, False
    try:
        for event, value in events:
            if depth == 0:
                if event != "start_map":
                    raise NotJson
                depth = 1
                continue
            if event == "map_key" and depth == 1:
                key = value
                continue
            level = 2 if in_array else 1
            if event == "start_array" and depth == 1 and key == array:
                depth, in_array = 2, True
                continue
            if event == "end_array" and in_array and depth == 2:
                depth, in_array = 1, False
                continue
            if event in ("start_map", "start_array"):
                depth += 1
                if depth > MAX_DEPTH:
                    raise BrokenJson(f"it is nested more than {MAX_DEPTH} levels deep")
            elif event in ("end_map", "end_array"):
                depth -= 1
                if depth == 0:
                    continue
            if in_array and skip_array:
                continue
            builder = builder or ObjectBuilder()
            builder.event(event, value)
            if depth == level:
                yield key, builder.value
                builder = None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        if depth == 0:
            raise NotJson from None
        raise BrokenJson(str(error).split("\n")[0].removeprefix("b'").strip()[:100]) from None


class _CleanStream:
    """A file as UTF-8 without what would stop or harm the parser: a byte order mark, bytes that are no UTF-8, halves of
    surrogate pairs, and numbers that no program means. Escapes are never parted between two reads.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.held = ""
        self.in_string = False
        self.digits = ""  # of a number that the last read ended in
        self.is_done = self.is_refused = False

    def read(self, size: int = _CHUNK) -> bytes:
        """Raises BrokenJson at a number of more than MAX_DIGITS, when all before it has been read."""
        while size and not self.is_done:
            if self.is_refused:
                raise BrokenJson(f"it has a number of more than {MAX_DIGITS:,} digits")
            chunk = self.file.read(_CHUNK)
            self.is_done = not chunk
            text = self._whole_escapes(self.held + self.decoder.decode(chunk, final=not chunk))
            if "\\ud" in text or "\\uD" in text:
                text = _ESCAPE.sub(_mended, text)
            if data := self._without_long_number(text).encode():
                return data
        return b""

    def _whole_escapes(self, text: str) -> str:
        """`text` without the escape that begins at its end; a first half of a pair waits for its second."""
        cut = len(text)
        for match in _ESCAPE.finditer(text) if "\\" in text[-_LONGEST_ESCAPE:] and not self.is_done else ():
            if match["open"]:
                cut = match.start()
        self.held = text[cut:]
        return text[:cut]

    def _without_long_number(self, text: str) -> str:
        """`text` up to a number that is too long, if there is one. What stands within strings is none."""
        starts_in_string, carried = self.in_string, self.digits
        pieces = (_SIMPLE_ESCAPE.sub("", text) if "\\" in text else text).split('"')
        outside = pieces[starts_in_string::2]
        self.in_string = starts_in_string ^ (len(pieces) % 2 == 0)
        if outside and not starts_in_string:
            outside[0] = carried + outside[0]
        last = outside[-1] if outside and not self.in_string else ""
        self.digits = last[len(last.rstrip("0123456789")) :]
        if not any(len(piece) > MAX_DIGITS and _LONG_NUMBER.search(piece) for piece in outside):
            return text
        self.is_refused = True
        if carried and _LONG_NUMBER.match(carried + text):
            return ""
        opened = '"' if starts_in_string else ""
        found = next(match for match in _TOKEN.finditer(opened + text) if match["long"])
        return text[: found.start() - len(opened)]


def _mended(escape: re.Match[str]) -> str:
    """Half a pair, also the one that the end of the text leaves alone, as a replacement character."""
    is_half = bool(escape["half"]) or len(escape["open"] or "") >= len("\\ud83d")
    return "\\ufffd" + escape[0][len("\\ud83d") :] if is_half else escape[0]
