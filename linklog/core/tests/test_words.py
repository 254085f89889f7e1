"""Texts to words: what is folded away, what is kept, and what no text may make the analyser do."""

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linklog.core import words

# Any text, with much of what the analyser treats apart: marks, joiners, code signs, signs that are spelt out, wide and narrow forms
TRICKY = (
    "aZøłœĳıİßﬁéйЁїΐς½ﷺⅣ²ªºʼŉ'’+#_-.* \u00a0"
    "\u0301\u0308\u0327\u3099\u200c\u200d\ufe0fカｶﾞ中ำ👩💻🏽🄰\U0001f1e6\u05b0\u064b\u0640\u1161\0\ud800"
)
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(TRICKY)), max_size=40)
IS_CODE_SIGN = re.compile("[+#]")
IS_EMOJI = re.compile(f"[{words._EMOJI}]")


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("Café", "cafe"),
        ("Cafe\u0301", "café"),
        ("STRASSE", "straße"),
        ("Ærø", "aero"),
        ("Ǿ", "o"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("ırmak", "irmak"),
        ("þorn", "thorn"),
        ("ЁЛКА", "елка"),
        ("Ἀθῆναι", "αθηναι"),
        ("ΑΘΗΝΑΣ", "αθηνας"),
        ("שָׁלוֹם", "שלום"),
        ("شَمْسٌ", "شمس"),
        ("سـلام", "سلام"),
        ("ＡＢＣ１２", "abc12"),
        ("ﬁne", "fine"),
        ("ﾃｷｽﾄ", "テキスト"),
        ("ｶﾞ", "ガ"),
        ("カ\u3099", "ガ"),
        ("½", "12"),
        ("Ⅳ", "iv"),
        ("don’t", "don't"),
        ("می\u200cخواهم", "میخواهم"),
        ("e\u200dmail", "email"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_what_is_written_in_two_ways_is_one_word(written: str, also: str) -> None:
    assert words.folded(written) == words.folded(also) != []


@pytest.mark.parametrize(
    ("one", "other"), [("мой", "мои"), ("їжак", "іжак"), ("हिन्दी", "हनद"), ("が", "か"), ("c", "c++"), ("c#", "c")]
)
def test_what_another_letter_or_sign_tells_apart_stays_apart(one: str, other: str) -> None:
    assert words.folded(one) != words.folded(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++ and c++, C#; F#.", "c++ and c++ c# f#"),
        ("C+ c# d##", "c c# d#"),
        ("c#minor #hashtag", "c minor hashtag"),
        ("a++b", "a++ b"),
        ("node.js", "node js"),
        (".NET", "net"),
        ("snake_case __init__", "snake case init"),
        ("wi-fi", "wi fi"),
        ("don't don’t 'quoted'", "don't don't quoted"),
        ("O'Reilly", "o reilly"),
        ("l'amour", "l amour"),
        ("we're l’à", "we're l'a"),
        ("rock'n'roll", "rock'n roll"),
        ("日本語", "日 本 語"),
        ("iPhoneの使い方", "iphone の 使 い 方"),
        ("ภาษา", "ภ า ษ า"),
        ("👍🏽 ❤️", "👍 🏽 ❤"),
        ("👩\u200d💻", "👩 💻"),
        ("5️⃣", "5"),
        ("naïve—café…", "naive cafe"),
        ("3.14 1,000 €5", "3 14 1 000 5"),
        ("user@host.example/path?q=1&r=%20", "user host example path q 1 r 20"),
        ("§ ¶ ! \u202e ()", ""),
        ("a\0b", "a b"),
        ("\ud800x\udfff", "x"),
        ("", ""),
    ],
)
def test_a_text_is_cut_into_these_words(text: str, expected: str) -> None:
    assert words.folded(text) == expected.split()


@pytest.mark.parametrize(
    ("language", "forms", "other"),
    [
        ("en", "connect connected connecting connections", "conned"),
        ("en-gb", "organise organised organising", "organ"),
        ("de", "Häuser Hauser häusern", "Haut"),
        ("sv", "båt båten båtar båtarna", "bäst"),
        ("fr", "chanter chantez chante", "chat"),
        ("es", "canción canciones", "cano"),
        ("ru", "книга книги книгу", "князь"),
        ("pt_BR", "correr corremos", "cor"),
    ],
)
def test_the_forms_of_a_word_have_one_stem_in_the_language_of_the_site(language: str, forms: str, other: str) -> None:
    assert len(set(words.stems(words.folded(forms), language))) == 1
    assert words.stems(words.folded(forms), language)[0] != words.stems(words.folded(other), language)[0]


@pytest.mark.parametrize("language", ["ja", "xx", "", "zh-Hant"])
def test_a_language_without_an_algorithm_is_not_stemmed(language: str) -> None:
    assert words.analyse("connecting connections don't", language) == "connecting connections dont"


def test_every_algorithm_is_one_that_snowball_has() -> None:
    for language in words._ALGORITHMS:
        assert words.stems(["a"], language) == ["a"] or words.stems(["a"], language)


@given(TEXTS)
@example("'\u0301a")
@example("0'0À")
def test_what_comes_out_is_letters_digits_marks_emoji_and_signs_of_code(text: str) -> None:
    for word in words.analyse(text, "en").split(" ") if words.analyse(text, "en") else []:
        assert word
        assert len(word) <= words.MAX_WORD + 1
        for sign in word:
            assert unicodedata.category(sign)[0] in "LNM" or IS_EMOJI.match(sign) or IS_CODE_SIGN.match(sign), word


@given(TEXTS)
def test_words_stand_in_the_text_where_they_say(text: str) -> None:
    end = 0
    for word in words.words(text):
        assert end <= word.start < word.end <= len(text)
        assert words.fold(text[word.start : word.end])[: words.MAX_WORD] == word.folded
        end = word.end


@given(TEXTS)
@example("plain ASCII don't c++ snake_case O'Reilly")
def test_both_ways_to_read_the_words_agree(text: str) -> None:
    assert words.folded(text) == [word.folded for word in words.words(text)]


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


@given(st.text(st.characters(max_codepoint=0x2000), max_size=40))
@example("0'0À")
@example("ł\u0301 A¸")
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert words.folded(unicodedata.normalize("NFD", text)) == words.folded(unicodedata.normalize("NFC", text))


def test_every_character_alone_folds_to_what_stays_as_it_is() -> None:
    for code in range(128, sys.maxunicode + 1):
        once = words.fold(chr(code))
        assert words.fold(once) == once, hex(code)
        assert not set(once) & set(' "*^:()-&|!<>\\'), hex(code)


def test_a_long_word_is_found_by_its_beginning() -> None:
    assert words.folded("x" * 500) == ["x" * words.MAX_WORD]
    assert words.folded("é" * 500) == ["e" * words.MAX_WORD]


def test_a_text_has_so_many_words_at_most() -> None:
    assert len(words.folded("a " * 40_000)) == len(words.folded("é " * 40_000)) == words.MAX_WORDS
    assert len(words.analyse("𠀀𠀁" * 20_000, "ja").encode()) <= words.MAX_BYTES
    assert words.analyse(f"{'ж' * 60} " * 15_000, "xx").endswith("ж" * 60)


@pytest.mark.parametrize("sign", [*"a'+# _é中👩½.", "\u0301", "\u200d", "'a", "a'", "'\u0301", "a\u0301'", "ł\u0301"])
def test_a_text_of_one_sign_is_read_in_linear_time(sign: str) -> None:
    """Nothing is timed: at this length the square of it would be minutes for each sign, and linear time is nothing."""
    text = sign * (200_000 // len(sign))
    assert len(words.folded(text)) <= words.MAX_WORDS
    assert words.fold(text) == words.fold(words.fold(text))
