"""Text to the words it is found by: one analyser for every database, so that both find the same posts.

A text is cut into words (Unicode letters, digits and their marks), accents are folded away, and each word is stemmed by the
Snowball algorithm of the site's language. Scripts without spaces give a word per sign, which a phrase puts together again.
`node.js` is two words that a search keeps together; `c++` and `c#` are words of their own. What comes out holds letters, digits,
`+` and `#` only, one blank between words: no sign that a database's own query language knows.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import Stemmer

MAX_WORD = 64  # characters; what is longer is no word, and is found by its beginning
MAX_WORDS = 15_000  # of one text; PostgreSQL keeps positions up to 16,383
MAX_BYTES = 400_000  # of one text analysed; PostgreSQL's tsvector holds less than 1 MB

_MARKS = "".join(
    chr(code)
    for first, last in (
        (0x300, 0x370),
        (0x483, 0x488),
        (0x591, 0x1200),
        (0x1700, 0x1D00),
        (0x1DC0, 0x1E00),
        (0x3099, 0x309B),
    )
    for code in range(first, last)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_LETTER = rf"[^\W_]|[{_MARKS}]"
_EMOJI = "\u2190-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# A word with the end of a contraction (don't, we're) and the sign of a programming language (c++, f#), or one emoji
_WORD = re.compile(
    rf"(?:{_LETTER})(?:{_LETTER}|[\u200c\u200d])*(?:['’](?:[^\W_][{_MARKS}]*){{1,2}}(?!{_LETTER}))?(?:\+\+|#(?!\w))?|[{_EMOJI}]"
)
_STRAY = re.compile(rf"[^\w{_MARKS}{_EMOJI}+#']|_")  # what a sign such as ½ leaves when it is spelt out
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
_PIECES = re.compile(rf"[{_UNSPACED}][{_MARKS}\uff9e\uff9f]*|[^{_UNSPACED}]+")
_FIRST_UNSPACED = "\u0e00"
_ACCENTS = re.compile("(?<=[a-zα-ω])[\u0300-\u036f]+|(?<=е)\u0308|[\u0591-\u05c7\u0640\u064b-\u0652]")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"})
# BCP 47 primary subtags to the names of Snowball's algorithms; a language that has none is not stemmed
_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_stemmers = threading.local()  # a stemmer is for one thread


class Word(NamedTuple):
    """A word of a text: where it stands, as character offsets, and how it reads, folded but not stemmed."""

    start: int
    end: int
    folded: str


def fold(text: str) -> str:
    """`text` in lower case without accents: `Café` and `cafe` are one. й and the marks of Indic scripts are letters, and stay."""
    if text.isascii():
        return text.lower()
    text = _STRAY.sub("", unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LETTERS))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text))


def words(text: str) -> Iterator[Word]:
    """The words of `text`, in order, `MAX_WORDS` at most."""
    return islice(_words(text), MAX_WORDS)


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii():  # most are
            yield Word(match.start(), match.end(), word.lower()[:MAX_WORD])
            continue
        for start, piece in _pieces(match.start(), word):
            if folded := fold(piece)[:MAX_WORD]:
                yield Word(start, start + len(piece), folded)


def folded(text: str) -> list[str]:
    """The words of `text` as `words` reads them, without where they stand."""
    if text.isascii():  # most texts, in one go
        return [word[:MAX_WORD] for word in _WORD.findall(text.lower())[:MAX_WORDS]]
    return [word.folded for word in words(text)]


def _pieces(start: int, word: str) -> list[tuple[int, str]]:
    """`word` cut into its signs where it is of a script without spaces."""
    if word.isascii() or max(word) < _FIRST_UNSPACED:
        return [(start, word)]
    return [(start + match.start(), match.group()) for match in _PIECES.finditer(word)]


def stems(folded: list[str], language: str) -> list[str]:
    """Each folded word as the index holds it, in the same order."""
    name = _ALGORITHMS.get(language.lower().split("-")[0].split("_")[0])
    if name is None:
        return [word.replace("'", "") for word in folded]
    if not hasattr(_stemmers, name):
        setattr(_stemmers, name, Stemmer.Stemmer(name))
    found = getattr(_stemmers, name).stemWords(folded)
    return [stem.replace("'", "") or word.replace("'", "") for stem, word in zip(found, folded, strict=True)]


def analyse(text: str, language: str) -> str:
    """`text` as the index holds it: its words folded and stemmed, one blank between them."""
    analysed = " ".join(stems(folded(text), language))
    if len(analysed) * 4 <= MAX_BYTES:
        return analysed
    whole = analysed.encode()
    return analysed if len(whole) <= MAX_BYTES else whole[:MAX_BYTES].rpartition(b" ")[0].decode()
