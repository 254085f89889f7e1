"""Vectors of posts: made by `linklog embed`, dropped when the text changes."""

import contextlib
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from linklog import publishing
from linklog.posts.models import Post
from linklog.search import embeddings
from linklog.search.models import Embedding
from linklog.search.tests.concepts import Concepts
from tests.builders import make_archive, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("concepts")]


def embed(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("embed", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_model_reads_every_post_once_the_newest_first(concepts: Concepts) -> None:
    posts = [*make_archive(9), make_post("note", body="A draft.", is_draft=True)]
    assert embed()["embedded"] == 10
    assert concepts.asked[0] == "A draft."
    assert embed()["embedded"] == 0
    assert set(Embedding.objects.values_list("pk", flat=True)) == {post.pk for post in posts}


def test_a_vector_is_the_model_s_at_length_one(concepts: Concepts) -> None:
    post = make_post("note", body="The tide, six hours")
    embed()
    row = np.frombuffer(bytes(Embedding.objects.get(pk=post.pk).vector), "<f4")
    assert np.linalg.norm(row) == pytest.approx(1)
    assert row[1] == pytest.approx(2 * row[0])


def test_a_run_that_was_stopped_is_carried_on_by_the_next(concepts: Concepts) -> None:
    make_archive(5)
    assert embed("--limit", "2") == {"embedded": 2, "missing": 3, "seconds": pytest.approx(0, abs=60)}
    assert embed()["embedded"] == 3
    assert len(concepts.asked) == 5


def test_the_model_reads_the_title_and_body_of_a_post_and_no_more(concepts: Concepts) -> None:
    make_post("blogmark", title="Brass", body="Some **words**", tags=["secret-tag"])
    embed()
    assert concepts.asked == ["Brass\nSome words"]


def test_a_post_without_words_costs_no_call(concepts: Concepts) -> None:
    post = make_post("note", body="![](https://img.example/a.png)")
    assert embed()["embedded"] == 1
    assert concepts.asked == []
    assert bytes(Embedding.objects.get(pk=post.pk).vector) == b""
    assert embeddings.missing() == []


def test_a_save_asks_no_model_and_drops_the_vector_of_a_text_that_changed(concepts: Concepts) -> None:
    post = make_post("note", body="The tide")
    embed()
    post.body = "The oven"
    publishing.save(post)
    assert concepts.asked == ["The tide"]
    assert embeddings.missing() == [post.pk]


def test_a_vector_stays_when_the_text_stays(concepts: Concepts) -> None:
    post = make_post("note", body="The tide")
    embed()
    publishing.save(post, tags=["new"])
    publishing.unpublish(post)
    publishing.publish(post)
    assert embeddings.missing() == []


def test_a_deleted_post_leaves_no_vector() -> None:
    post = make_post()
    embed()
    publishing.delete(post)
    assert not Embedding.objects.exists()


def test_a_text_that_changed_while_the_model_thought_is_read_again(concepts: Concepts) -> None:
    post, other = make_post("note", body="The tide"), make_post("note", slug="other", body="Six")

    def change() -> None:
        if len(concepts.asked) == 1:
            changed = Post.objects.get(pk=post.pk)
            changed.body = "The oven"
            publishing.save(changed)

    concepts.before = change
    # The model is asked in the thread of the command, so the save is part of the test's transaction
    assert embed() == {"embedded": 1, "missing": 1, "seconds": pytest.approx(0, abs=60)}
    assert list(Embedding.objects.values_list("pk", flat=True)) == [other.pk]
    assert embed()["embedded"] == 1


def test_a_post_that_went_while_the_model_thought_is_no_error(concepts: Concepts) -> None:
    post = make_post("note", body="The tide")
    concepts.before = lambda: publishing.delete(post)
    assert embed()["embedded"] == 0


def test_another_model_reads_everything_anew(concepts: Concepts, settings: Any) -> None:
    post = make_post("note", body="The tide")
    embed()
    settings.LINKLOG_EMBEDDING_MODEL = "minilm"
    assert embeddings.missing() == [post.pk]
    assert embed()["embedded"] == 1
    assert len(bytes(Embedding.objects.get(pk=post.pk).vector)) == 4 * 384


def test_without_a_model_the_command_says_how_to_name_one(settings: Any) -> None:
    settings.LINKLOG_EMBEDDING_MODEL = ""
    with pytest.raises(CommandError, match="LINKLOG_EMBEDDING_MODEL"):
        embed()


def test_a_model_that_nobody_knows_is_named(settings: Any) -> None:
    make_post()
    settings.LINKLOG_EMBEDDING_MODEL = "nobodys"
    with pytest.raises(CommandError, match=r"nobodys gave up: .*Unknown model"):
        embed()


def test_what_was_embedded_before_a_model_gave_up_stays(concepts: Concepts) -> None:
    posts = make_archive(40)

    def give_up() -> None:
        if len(concepts.asked) == 35:
            raise ConnectionError("no route")

    concepts.before = give_up
    with pytest.raises(CommandError, match=r"no route.* 32 posts"):
        embed()
    assert len(embeddings.missing()) == len(posts) - 32


@pytest.mark.parametrize("answer", [[[1.0, float("nan")]], [], [[1.0], [2.0]], [1.0]], ids=repr)
def test_a_model_that_answers_nonsense_is_not_believed(concepts: Concepts, answer: Any) -> None:
    make_post()
    concepts.embed_batch = lambda items, key=None: iter(answer)  # type: ignore[method-assign]
    with pytest.raises(CommandError, match="gave up"):
        embed()
    assert not Embedding.objects.exists()


def doctor() -> dict[str, Any]:
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("doctor", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_doctor_tells_how_many_posts_wait(settings: Any) -> None:
    make_archive(3)
    embed("--limit", "1")
    assert doctor()["posts_not_embedded"] == 2
    settings.LINKLOG_EMBEDDING_MODEL = ""
    assert "posts_not_embedded" not in doctor()


def test_the_doctor_finds_a_model_that_gives_no_answer(settings: Any) -> None:
    assert not [problem for problem in doctor()["problems"] if "embedding" in problem]
    settings.LINKLOG_EMBEDDING_MODEL = "nobodys"
    assert [problem for problem in doctor()["problems"] if "nobodys gives no answer" in problem]


def test_without_a_model_nothing_of_it_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys, django; django.setup()\n"
        "from linklog import publishing, urls\n"
        "import linklog.search.management.commands.embed, linklog.search.views.page\n"
        "print(sorted({'llm', 'tokenizers', 'safetensors', 'linklog.search.minilm'} & sys.modules.keys()))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINKLOG_")}
    environment |= {"LINKLOG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "linklog.settings"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
