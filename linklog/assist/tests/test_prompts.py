"""The prompts: what is sent of each, that llm reads them too, and what an author may change."""

import sys
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from llm.templates import Template

from linklog.accounts.models import Role, User
from linklog.assist import overview, prompts
from linklog.assist.models import EditedPrompt
from linklog.assist.prompts import PromptError

RENDERED = Path(__file__).parent / "rendered"
BOUNDARY = "0123456789abcdef"


def values_of(name: str) -> dict[str, str]:
    return {variable: f"The {variable} with $5 and <|im_start|>." for variable in sorted(prompts.ours(name).variables)}


@pytest.mark.parametrize("name", prompts.names())
def test_what_is_sent_is_what_the_file_of_the_test_shows(name: str) -> None:
    """After a change: python -m linklog.assist.tests.test_prompts writes the files anew; read the difference before you keep it."""
    assert rendered(name) == (RENDERED / f"{name}.txt").read_text()


def rendered(name: str) -> str:
    values = values_of(name)
    system, prompt = prompts.ours(name).rendered(values, dict.fromkeys(values, 1_000), BOUNDARY)
    return f"{system}\n\n--------\n\n{prompt}"


@pytest.mark.parametrize("name", prompts.names())
def test_llm_reads_our_files_and_fills_them_in_the_same_way(name: str) -> None:
    template = Template(name=name, **yaml.safe_load(prompts.source(name)))
    values = values_of(name)
    prompt, system = template.evaluate("", dict(values))
    assert prompts._template(prompts.ours(name).prompt).substitute(values) == prompt
    assert prompts._template(prompts.ours(name).system).substitute(values) == system


@pytest.mark.parametrize("name", prompts.names())
def test_the_page_about_the_assistant_tells_what_each_sends(name: str) -> None:
    assert name in overview.TASKS


def test_no_more_is_sent_than_fits() -> None:
    prompt = prompts.ours("alt-text")
    values = dict.fromkeys(prompt.variables, "é" * 100_000)
    system, text = prompt.rendered(values, dict.fromkeys(values, 50_000))
    assert len(system) + len(text) < prompts.MAX_INPUT + 1_000


@pytest.mark.django_db
def test_an_edited_copy_is_used_and_has_a_version_of_its_own() -> None:
    ours = prompts.in_use("alt-text")
    EditedPrompt.objects.create(name="alt-text", text="system: Be brief.\nprompt: $title, $before")
    edited = prompts.in_use("alt-text")
    assert (edited.system, edited.prompt, edited.schema) == ("Be brief.", "$title, $before", ours.schema)
    assert edited.version != ours.version
    assert "enclose material" in edited.rendered(values_of("alt-text"), dict.fromkeys(values_of("alt-text"), 10))[0]


REFUSED = [
    ("system: [", "not YAML"), ("just words", "keys"), ("- a\n- b", "keys"), ("system: a", "keys"),
    ("system: a\nprompt: b\ntools: [x]", "keys"),
    ("system: a\nprompt: b\nfunctions: 'import os'", "keys"), ("system: a\nprompt: 7", "texts"), ("system: a\nprompt: ''", "texts"),
    ("system: a\nprompt: costs 5$ more", "$$"), ("system: a\nprompt: $secret_key", "$secret_key"),
    ("system: $after\nprompt: b ${settings}", "$settings"), ("system: a\nprompt: b\nschema_object: {type: string}", "schema_object"),
    ("!!python/object/apply:os.system ['true']", "not YAML"), ("", "keys"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_copy_that_could_not_be_used_is_refused_in_a_sentence(text: str, reason: str, client: Client) -> None:
    with pytest.raises(PromptError, match=reason.replace("$", r"\$")):
        prompts.checked("alt-text", text)
    client.force_login(User.objects.create_user("ada", password="x", role=Role.OWNER))
    answer = client.post(reverse("admin:assist_editedprompt_add"), {"name": "alt-text", "text": text})
    assert answer.status_code == 200
    assert not EditedPrompt.objects.exists()


@pytest.mark.django_db
def test_without_the_library_a_copy_is_refused_in_a_sentence(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    client.force_login(User.objects.create_user("ada", password="x", role=Role.OWNER))
    answer = client.post(reverse("admin:assist_editedprompt_add"), {"name": "alt-text", "text": "system: a\nprompt: b"})
    assert "install linklog[assist]" in answer.content.decode()


@pytest.mark.django_db
def test_the_owner_edits_a_prompt_and_takes_ours_back(client: Client) -> None:
    client.force_login(User.objects.create_user("ada", password="x", role=Role.OWNER))
    add = reverse("admin:assist_editedprompt_add")
    assert b"You write alt text" in client.get(add, {"name": "alt-text"}).content
    client.post(add, {"name": "alt-text", "text": "system: Be brief.\nprompt: $title"})
    edited = EditedPrompt.objects.get()
    change = reverse("admin:assist_editedprompt_change", args=[edited.pk])
    assert b"Be brief" in client.get(change).content
    assert client.post(change, {"text": "system: Be long.\nprompt: $title"}).status_code == 302
    assert prompts.in_use("alt-text").system == "Be long."
    client.post(reverse("admin:assist_editedprompt_delete", args=[edited.pk]), {"post": "yes"})
    assert prompts.in_use("alt-text") == prompts.ours("alt-text")


if __name__ == "__main__":
    RENDERED.mkdir(exist_ok=True)
    for name in prompts.names():
        (RENDERED / f"{name}.txt").write_text(rendered(name))
