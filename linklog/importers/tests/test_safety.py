"""Files that mean harm, or are merely broken: XML and JSON that would fill the memory, read other files, or stop a run."""

import io
import subprocess
import sys

import pytest

from linklog.core.xml import BrokenXml, NotXml, iter_elements
from linklog.importers.jsonstream import BrokenJson, members
from linklog.importers.tests.feeds import atom, atom_entry, counts, imported
from linklog.posts.models import Post

ENTRY = atom_entry("<p>Low.</p>")


def texts(data: bytes) -> list[str]:
    return [element.text or "" for event, element in iter_elements(io.BytesIO(data), {"feed"}) if event == "end"]


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<?xml version="1.0"?>\n<!-- <feed> -->\n<!DOCTYPE feed SYSTEM "http://evil.example/x.dtd">',
        b'<!doctype feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b"\xef\xbb\xbf <?x <!-- ?><!DOCTYPE feed>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_document_type_is_refused(start: bytes, encoding: str) -> None:
    data = start + b"<feed><title>&x;</title></feed>"
    with pytest.raises(NotXml, match="DOCTYPE"):
        texts(data if encoding == "utf-8" else data.decode("utf-8-sig").encode("utf-16"))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<feed><title>a\x00\x01b&#8;&#x1F;&#0;c</title></feed>", "abc"),
        (b"<feed><title>a&nbsp;&mdash;&amp;&lt;&LT;</title></feed>", "a\xa0—&<<"),
        ("<?xml version='1.0' encoding='windows-1252'?><feed><title>“é”</title></feed>".encode("cp1252"), "“é”"),
        ("<?xml version='1.0' encoding='utf-16'?><feed><title>日本</title></feed>".encode("utf-16"), "日本"),
        (b"<?xml version='1.0' encoding='utf-8'?><feed><title>" + b"\x93caf\xe9\x94</title></feed>", "“café”"),
        (b"<?xml version='1.0' encoding='no-such'?><feed><title>a</title></feed>", "a"),
        (b"<?xml version='1.0' encoding='zlib'?><feed><title>a</title></feed>", "a"),
        ("<feed><title>a\ufffe\uffffb</title></feed>".encode(), "ab"),
        (b"\n\n  <?xml version='1.0'?><feed><title>a</title></feed>", "a"),
        (b"<feed><title>" + b"x" * 65_512 + b"&nbsp;&#8;&eacute;y</title></feed>", "x" * 65_512 + "\xa0éy"),
    ],
)
def test_what_would_stop_a_parser_is_mended(data: bytes, text: str) -> None:
    assert texts(data) == [text]


def test_depth_and_attributes_are_survived() -> None:
    with pytest.raises(BrokenXml, match="depth"):
        texts(b"<feed>" + b"<a>" * 200_000)
    many = b" ".join(b'a%d="x"' % number for number in range(20_000))
    assert texts(b"<feed><title " + many + b">t</title></feed>") == ["t"]
    deep = b'{"items": ' + b"[" * 1_000_000
    with pytest.raises(BrokenJson, match="deep"):
        list(members(io.BytesIO(deep), "items"))


class Drops(io.BytesIO):
    """A file that gives a few bytes at a time, whatever is asked."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self.size = size

    def read(self, _size: int | None = -1, /) -> bytes:
        return super().read(self.size)


@pytest.mark.parametrize("size", [1, 2, 5, 7, 65_536])
def test_half_a_surrogate_pair_becomes_a_replacement_character_wherever_the_file_is_cut(size: int) -> None:
    strings = r"\ud83d\ude00 a\ude00b \ud83d\ud83d\ude00 \\ud83d \\\ud83dx \uD83D\u0041 \n\" \ud83d"
    data = f'{{"items": ["{strings}"], "x": "\\u00e9\\\\"}}'.encode()
    found = list(members(Drops(data, size), "items"))
    text = '😀 a\ufffdb \ufffd😀 \\ud83d \\\ufffdx \ufffdA \n" \ufffd'
    assert found == [("items", text), ("x", "é\\")]


LONG_NUMBER = """
import io, sys
from linklog.importers.jsonstream import BrokenJson, members
data = b'{"items": ["' + b'9' * 200_000 + b'", 2, "x", %s' + b'9' * int(sys.argv[1]) + b'%s, 3]}'
for start, end in ((b"", b""), (b"-", b""), (b"0.", b""), (b'{"a": 1', b"}"), (b"1e", b"")):
    found = []
    try:
        for _key, value in members(io.BytesIO(data % (start, end)), "items"):
            found.append(value)
    except BrokenJson as error:
        print(len(found), error)
"""


@pytest.mark.parametrize("digits", [1_001, 4_301, 70_000, 1_000_000])
def test_a_number_without_end_is_refused_after_what_stands_before_it(digits: int) -> None:
    command = [sys.executable, "-c", LONG_NUMBER, str(digits)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["3 it has a number of more than 1,000 digits"] * 5


READ_FOR_EVER = """
import io, re, sys
from linklog.core.xml import iter_elements
from linklog.importers.jsonstream import members

class Made(io.RawIOBase):
    def __init__(self, start, piece, end):
        self.pieces = iter([start, *([piece * 20] * 2500), end])
    def read(self, size=-1):
        return next(self.pieces, b"")

text = b"low water " * 600
if sys.argv[1] == "xml":
    entry = b"<entry><title>t</title><content>" + text + b"</content></entry><!-- x -->"
    found = iter_elements(Made(b"<feed>" + b" " * 70000, entry, b"</feed>"), {"feed"})
else:
    found = members(Made(b'{"items": [1', b', {"id": "a", "content_text": "' + text + b'"}', b"]}"), "items")
print(sum(1 for _ in found), re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])
"""


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_three_hundred_megabytes_take_little_memory(kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", READ_FOR_EVER, kind], capture_output=True, text=True, check=True)
    count, kilobytes = map(int, done.stdout.split())
    assert count == 50_001
    assert kilobytes < 100_000


@pytest.mark.django_db
def test_a_feed_that_breaks_off_keeps_what_was_read_and_tells_the_line() -> None:
    text = atom(ENTRY, "\n\n", atom_entry("<p>High.</p>", path="/2024/Dec/23/high/"))
    summary = imported(text[: text.index("High.")])
    assert counts(summary) == (1, 0, 0, 1)
    assert "breaks off at line" in summary["skipped"][0]["reason"]
    assert summary["skipped"][0]["item"].startswith("2:")


@pytest.mark.django_db
def test_an_entry_of_many_megabytes_costs_only_itself() -> None:
    giant = atom_entry("<p>" + "low water " * 600_000 + "</p>", path="/2024/Dec/21/giant/")
    summary = imported(atom(giant, ENTRY))
    assert counts(summary) == (1, 0, 0, 1)
    assert "longer than" in summary["skipped"][0]["reason"]
    assert Post.objects.get().slug == "low-water"
