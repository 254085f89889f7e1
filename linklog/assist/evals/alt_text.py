"""Alt text: the author's is hidden, and guessed from the image, its name and the words around it."""

import re
from urllib.parse import unquote, urlsplit

from linklog.assist import alt_text
from linklog.assist.evals import scoring
from linklog.assist.evals.contract import Case, Evaluation, drawn
from linklog.core import html
from linklog.images.models import MediaUse
from linklog.posts.models import Post

LONGEST = 200  # characters of a sentence that passes for alt text


def cases(number: int, seed: int) -> list[Case]:
    described = MediaUse.objects.filter(
        post__in=Post.objects.published(), is_image=True, state=MediaUse.Alt.REVIEWED
    ).exclude(alt="")
    keys = drawn(list(described.order_by("pk").values_list("pk", flat=True)), number, seed)
    uses = MediaUse.objects.filter(pk__in=keys).select_related("post").order_by("post__published", "pk")
    return [_case(use) for use in uses]


def _case(use: MediaUse) -> Case:
    """What stands around the image may say the alt text itself, which is not to be known."""
    words = alt_text.words_around(use)
    before, after = (text.replace(use.alt, "") for text in (words.before, words.after))
    values = {"title": words.title, "before": before[-alt_text.AROUND :], "after": after[: alt_text.AROUND]}
    return Case(f"{use.post.code} {use.src}", use.alt, values, hints=use.src)


def name_of_file(case: Case) -> str:
    name = unquote(urlsplit(case.hints).path).rpartition("/")[2].rpartition(".")[0]
    return " ".join(re.split(r"[-_+\s.]+", name)).strip()


def nearest_words(case: Case) -> str:
    """The last sentence before the image."""
    sentences = re.split(r"(?<=[.!?:])\s", html.to_text(case.values["before"]))
    return sentences[-1][-LONGEST:].rstrip(":")


ALT_TEXT = Evaluation(
    name="alt-text",
    task_name="alt-text",
    measures=("words", "characters", "edits saved"),
    cases=cases,
    baselines={"file-name": name_of_file, "nearest-words": nearest_words},
    score=scoring.of_text,
    task=lambda case: alt_text.ALT_TEXT,
    pictures=lambda case: [alt_text.picture_of(case.hints)],
)
