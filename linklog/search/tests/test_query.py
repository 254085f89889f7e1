"""The query language: what each thing a person types means, and that nothing a person types is an error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linklog.search.query import FIELDS, MAX_LENGTH, MAX_PARTS, And, Field, Node, Not, Or, Words, parse

A, B, C, D = (Words((letter,)) for letter in "abcd")


def node(text: str) -> Node | None:
    return parse(text).node


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a", A),
        ("A", A),
        ("Café", Words(("cafe",))),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b", And((A, Words(("and",)), B))),
        ("a OR b", Or((A, B))),
        ("a or b", And((A, Words(("or",)), B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a OR b c", Or((A, And((B, C))))),
        ("a OR b OR c", Or((A, B, C))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a (b OR (c d))", And((A, Or((B, And((C, D))))))),
        ("a (b c)", And((A, B, C))),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("not a", And((Words(("not",)), A))),
        ("a -b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("-(a OR b)", Not(Or((A, B)))),
        ("NOT (a b)", Not(And((A, B)))),
        ("NOT -a", Not(Not(A))),
        ("-tag:a", Not(Field("tag", "a"))),
        ('-"a b"', Not(Words(("a", "b")))),
        ('"a b"', Words(("a", "b"))),
        ('"a"', A),
        ("“a b”", Words(("a", "b"))),
        ("„a b“", Words(("a", "b"))),
        ("«a b»", Words(("a", "b"))),
        ('a"b c"d', And((A, Words(("b", "c")), D))),
        ("a*", Words(("a",), is_prefix=True)),
        ("-a*", Not(Words(("a",), is_prefix=True))),
        ("wi-fi", Words(("wi", "fi"))),
        ("node.js", Words(("node", "js"))),
        ("node.js*", Words(("node", "js"), is_prefix=True)),
        ("snake_case", Words(("snake", "case"))),
        ("c++", Words(("c++",))),
        ("c#", Words(("c#",))),
        ("don't", Words(("don't",))),
        ("don’t", Words(("don't",))),
        ("日本", Words(("日", "本"))),
        ("👩\u200d💻", Words(("👩", "💻"))),
        ("https://www.clocks.example/a", Words(("clocks", "example", "a"))),
        ("http://clocks.example", Words(("clocks", "example"))),
        ("12:30", Words(("12", "30"))),
    ],
)
def test_what_is_typed_means(text: str, meaning: Node) -> None:
    assert node(text) == meaning


@pytest.mark.parametrize(("typed", "name"), FIELDS.items())
def test_a_field_may_be_written_in_any_case_with_a_bare_or_a_quoted_value(typed: str, name: str) -> None:
    assert node(f"{typed}:Some-Value") == node(f"{typed.upper()}:Some-Value") == Field(name, "Some-Value")
    assert node(f'{typed}:"two words"') == node(f"{typed}:“two words”") == Field(name, "two words")
    assert node(f'{typed}:"two words') == Field(name, "two words")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("year:2023 year:2024", Or((Field("year", "2023"), Field("year", "2024")))),
        ("year:2023 a year:2024", And((A, Or((Field("year", "2023"), Field("year", "2024")))))),
        ("(type:note) type:entry", Or((Field("type", "note"), Field("type", "entry")))),
        ("tag:a tag:b", And((Field("tag", "a"), Field("tag", "b")))),
        ("author:a author:b", And((Field("credit", "a"), Field("credit", "b")))),
        ("-year:2023 -year:2024", And((Not(Field("year", "2023")), Not(Field("year", "2024"))))),
        ("from:2023 to:2024", And((Field("from", "2023"), Field("to", "2024")))),
    ],
)
def test_of_what_a_post_has_one_of_two_values_mean_either(text: str, meaning: Node) -> None:
    assert node(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('"a b', Words(("a", "b"))),
        ('a" OR (', And((A, Words(("or",))))),
        ("(a", A),
        ("((a OR b", Or((A, B))),
        ("a)", A),
        (")a", A),
        ("a) b", And((A, B))),
        ("a ) OR b", And((A, B))),
        ("(a))) OR (b", And((A, B))),
        ("() a", A),
        ("a OR", A),
        ("OR a", A),
        ("a OR OR b", Or((A, B))),
        ("a OR () OR b", Or((A, B))),
        ("AND a AND", A),
        ("a NOT", A),
        ("a (b NOT)", And((A, B))),
        ("- a", A),
        ("--a", Not(A)),
        ("-", None),
        ("-()", None),
        ('-"" a', A),
        ("a -", A),
        ("a -)", A),
        ("tag:", Words(("tag",))),
        ("tag: a", And((Words(("tag",)), A))),
        ('tag:""', None),
        ('tag:" " a', A),
        ("tag:(a OR b)", And((Words(("tag",)), Or((A, B))))),
        ("colour:red", Words(("colour", "red"))),
        ('colour:"deep red"', Words(("colour", "deep", "red"))),
        ("tag:a:b", Field("tag", "a:b")),
        ("tag:-a", Field("tag", "-a")),
        ("*", None),
        ("a * b", And((A, B))),
        ("*a", A),
        ("a**", Words(("a",), is_prefix=True)),
        ('"a*"', A),
        ("a*b", Words(("a", "b"))),
        ("+a", A),
        ("a^2", Words(("a", "2"))),
        ("^a", A),
        ("a & b | !c", And((A, B, C))),
        ("a:b", Words(("a", "b"))),
        ("{a b}:c", And((A, Words(("b", "c"))))),
        ("NEAR(a b, 2)", And((Words(("near",)), A, B, Words(("2",))))),
        ("'a' <-> 'b'", And((A, B))),
        ("a\0b", And((A, B))),
        ("a\u202eb", Words(("a", "b"))),
        ("  a \n\t b  ", And((A, B))),
        ("…!?", None),
        ("", None),
        ('"', None),
        ('""', None),
        ("(", None),
        (")", None),
        ("OR", None),
        ("AND", None),
        ("NOT", None),
        ("OR OR OR", None),
    ],
)
def test_what_does_not_fit_is_read_as_words_or_passed_over(text: str, meaning: Node | None) -> None:
    assert node(text) == meaning


def test_what_is_wanted_leaves_out_what_stands_behind_a_minus() -> None:
    query = parse('a -b (c OR -(d e)) tag:f "g h" NOT i')
    assert query.wanted == [A, C, Words(("g", "h"))]


def test_the_fields_of_a_query_are_found_wherever_they_stand() -> None:
    query = parse("a (b OR -(is:draft c)) -tag:x")
    assert query.fields() == [Field("is", "draft"), Field("tag", "x")]
    assert parse("a").fields() == parse("").fields() == []


def test_a_query_is_cut_where_it_gets_too_long_and_says_so() -> None:
    query = parse("x" * MAX_LENGTH)
    assert (len(query.text), query.notes) == (MAX_LENGTH, ())
    query = parse("ab " * 40_000)
    assert len(query.text) <= MAX_LENGTH
    assert str(MAX_LENGTH) in query.notes[0]


def test_so_many_parts_are_asked_at_once_and_a_note_says_so() -> None:
    query = parse(" ".join("abcdefghijkl"))
    assert isinstance(query.node, And)
    assert (len(query.node.parts), query.notes) == (MAX_PARTS, ())
    query = parse(" OR ".join("abcdefghijklm"))
    assert isinstance(query.node, Or)
    assert len(query.node.parts) == MAX_PARTS
    assert str(MAX_PARTS) in query.notes[0]
    assert parse("tag:a " * 30).notes


@pytest.mark.parametrize("piece", ["(", ")", "-(", "NOT ", "(-", '("', "-", "OR (", "a OR (", "tag:(", "-(a "])
def test_any_depth_is_read(piece: str) -> None:
    parse(piece * 1_000)
    parse(piece * 1_000 + "a")
    parse(piece * (MAX_LENGTH // len(piece)))


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "OR",
        "AND",
        "NOT",
        "-",
        "(",
        ")",
        '"',
        "“",
        "*",
        "tag:",
        "year:2024",
        "is:draft",
        "from:",
        " ",
        "'",
        ":",
        "c++",
        "日本",
        "\0",
    ]
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=40).map(" ".join)
    )
)
@example("-" * 200)
@example("(" * 200)
def test_nothing_that_can_be_typed_is_an_error(text: str) -> None:
    query = parse(text)
    assert len(query.text) <= MAX_LENGTH
    assert _leaves(query.node) <= MAX_PARTS
    assert all(one.words for one in query.wanted)


@given(st.lists(PIECES, max_size=20).map(" ".join))
def test_reading_what_was_read_gives_the_same(text: str) -> None:
    query = parse(text)
    assert parse(query.text).node == query.node


def _leaves(node: Node | None) -> int:
    match node:
        case None:
            return 0
        case Not():
            return _leaves(node.part)
        case And() | Or():
            assert len(node.parts) > 1
            return sum(map(_leaves, node.parts))
    return 1
