"""Bytes from the network made readable: content codings taken off without ever holding more than was allowed, and characters."""

import codecs
import re
import zlib
from collections.abc import Callable

import brotli

Decoder = Callable[[bytes, int], bytes]

# What browsers read, by Python's names. Others, such as utf-7 or unicode_escape, mean something else than a character set, or mischief.
_CHARSETS = {
    "utf-8", "utf-16", "utf-16-be", "utf-16-le", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "gb18030",
    "big5", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949",
    *(f"cp{number}" for number in range(1250, 1259)), *(f"iso8859-{number}" for number in range(1, 17)),
}  # fmt: skip
# Labels that mean more than they say (https://encoding.spec.whatwg.org/#names-and-labels)
_WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc_kr": "cp949", "tis-620": "cp874", "windows-874": "cp874",
}  # fmt: skip
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_META_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 1_024  # bytes, as HTML says


def decoder(coding: str) -> Decoder:
    """What takes off a content coding: called with each piece and with how much may come of it, more than 0 bytes.

    Raises ValueError for a coding that was not asked for, which two of them are. What is broken raises ValueError when called.
    """
    if coding in ("", "identity"):
        return lambda data, most: data[:most]
    if coding in ("gzip", "x-gzip"):
        return _gzip()
    if coding == "br":
        return _brotli()
    raise ValueError("a content coding that was not asked for")


def _gzip() -> Decoder:
    unpacker = zlib.decompressobj(wbits=31)

    def decode(data: bytes, most: int) -> bytes:
        try:
            return unpacker.decompress(data, most)
        except zlib.error as error:
            raise ValueError("broken gzip") from error

    return decode


def _brotli() -> Decoder:
    unpacker = brotli.Decompressor()

    def decode(data: bytes, most: int) -> bytes:
        try:
            found = bytearray(unpacker.process(data, output_buffer_limit=most))
            while len(found) < most and not unpacker.can_accept_more_data():
                found += unpacker.process(b"", output_buffer_limit=most - len(found))
        except brotli.error as error:
            raise ValueError("broken brotli") from error
        return bytes(found[:most])

    return decode


def text(body: bytes, charset: str = "") -> str:
    """`body` as HTML is read: by its byte order mark, the header's `charset`, its first <meta charset>, else as UTF-8 or Windows-1252.

    What cannot be read is replaced by U+FFFD.
    """
    for mark, name in _BYTE_ORDER_MARKS.items():
        if body.startswith(mark):
            return body.removeprefix(mark).decode(name, "replace")
    meta = _META_CHARSET.search(body[:_META_WITHIN])
    inner = _known(meta[1].decode("ascii", "replace")) if meta else ""
    if named := _known(charset) or (
        "utf-8" if inner.startswith("utf-16") else inner
    ):  # in UTF-16 nobody could have read it
        return body.decode(named, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)  # which minds no character that was cut at the end
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _known(label: str) -> str:
    """Python's name of a character set, "" for one that browsers do not read."""
    name = label.lower()
    if name not in _WIDER:
        try:
            name = codecs.lookup(name).name if re.fullmatch(r"[\w.:-]{1,40}", name, re.ASCII) else ""
        except LookupError:
            return ""
    name = _WIDER.get(name, name)
    return name if name in _CHARSETS else ""
