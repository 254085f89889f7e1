"""JSON read a value at a time: the members of the top object, and the elements of one long array among them one by one."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

MAX_DEPTH = 100
_CHUNK = 65_536


class NotJson(Exception):
    """The file is not a JSON object."""


class BrokenJson(Exception):
    """The file stopped being JSON; the message says how."""


def members(file: BinaryIO, array: str, skip_array: bool = False) -> Iterator[tuple[str, Any]]:
    """(key, value) of the top object. The array called `array` comes as (array, element) for each of its elements, or
    not at all if `skip_array`: its elements are then not even kept. Raises NotJson and BrokenJson.
    """
    events = ijson.basic_parse(_Utf8(file))
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


class _Utf8:
    """A file as valid UTF-8 without a byte order mark: bytes that are none become replacement characters."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")

    def read(self, size: int = _CHUNK) -> bytes:
        if size == 0:
            return b""
        while chunk := self.file.read(_CHUNK):
            if data := self.decoder.decode(chunk).encode():
                return data
        return self.decoder.decode(b"", final=True).encode()
