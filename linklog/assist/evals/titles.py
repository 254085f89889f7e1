"""Titles: the author's is hidden, and guessed from the text and from what is known of the page it is about."""

import re
from urllib.parse import unquote, urlsplit

from linklog.assist import titles
from linklog.assist.client import Task
from linklog.assist.evals import scoring
from linklog.assist.evals.contract import Case, Evaluation, drawn
from linklog.assist.titles import TITLE
from linklog.core import html
from linklog.posts.models import Post

LEAST = 40  # characters of text that a title can be made of
LONGEST = 120  # of a sentence that passes for a title
_ENDINGS = re.compile(r"\.(?:html?|php|aspx?|cgi|jsp)$", re.IGNORECASE)


def cases(number: int, seed: int) -> list[Case]:
    titled = Post.objects.published().exclude(title="").order_by("pk").values_list("pk", "body_html")
    keys = drawn([key for key, text in titled.iterator() if len(html.to_text(text)) >= LEAST], number, seed)
    posts = Post.objects.filter(pk__in=keys).oldest_first()
    return [
        Case(post.code, post.title, titles.values(html.to_text(post.body_html)), hints=post.link_url) for post in posts
    ]


def first_sentence(case: Case) -> str:
    """As much of the text as ends in a full stop, if that is not long."""
    sentence = re.split(r"(?<=[.!?])\s", case.values["text"], maxsplit=1)[0]
    return sentence[:LONGEST].rstrip(".")


def words_of_address(case: Case) -> str:
    """The last part of the linked page's address that holds words, for many sites make it of the page's title."""
    parts = [_ENDINGS.sub("", part) for part in unquote(urlsplit(case.hints).path).split("/")]
    named = [part for part in parts if re.search(r"[^\W\d]{3}", part)]
    return " ".join(re.split(r"[-_+\s.]+", named[-1])).strip().capitalize() if named else ""


TASK = Task(TITLE.name, TITLE.fields, TITLE.max_output_tokens, lambda answer: titles.parsed(answer).title, TITLE.schema)
TITLES = Evaluation(
    name="titles",
    task_name="title",
    measures=("words", "characters", "edits saved"),
    cases=cases,
    baselines={"first-sentence": first_sentence, "address": words_of_address},
    score=scoring.of_text,
    task=lambda case: TASK,
)
