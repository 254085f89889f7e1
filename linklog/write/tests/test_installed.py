"""What makes the author's pages an app: manifest, service worker, the page without a network."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from linklog.accounts.models import Role, User
from linklog.site.models import Site

pytestmark = pytest.mark.django_db


def test_the_manifest_names_the_site_and_takes_what_a_phone_shares(client: Client) -> None:
    Site(title="Tides & clocks").save()
    answer = client.get("/write/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == (
        "Write: Tides & clocks",
        "/write/",
        "/write/",
    )
    target = manifest["share_target"]
    assert (target["action"], target["method"]) == ("/write/capture/", "GET")
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_worker_keeps_the_page_without_a_network_and_all_that_it_loads(client: Client) -> None:
    answer = client.get("/write/worker.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    script = answer.content.decode()
    listed = re.search(r"FILES = \[(.*)\]", script)
    assert listed is not None
    files = re.findall(r'"([^"]+)"', listed[1])
    page = client.get("/write/offline/").content.decode()
    assert {"/static/css/desk.css", "/static/js/noted-links.js", "/static/js/kept-here.js"} <= set(files)
    assert all(f'"{file}"' in page for file in files)


@pytest.mark.parametrize("name", ["noted-links", "kept-here"])
def test_what_the_worker_keeps_loads_nothing_more(name: str) -> None:
    script = Path(str(finders.find(f"js/{name}.js"))).read_text()
    assert not re.search(r"^import |import\(", script, re.MULTILINE)


def test_the_workers_version_follows_what_it_keeps(client: Client) -> None:
    before = client.get("/write/worker.js").content
    assert client.get("/write/worker.js").content == before
    Site(title="Another").save()
    assert client.get("/write/worker.js").content != before


def test_what_every_browser_is_given_holds_nothing_of_who_is_signed_in(client: Client) -> None:
    paths = ("/write/worker.js", "/write/offline/", "/write/manifest.webmanifest")
    before = [client.get(path).content for path in paths]
    client.force_login(User.objects.create_user("mira", role=Role.OWNER, name="Mira Lindqvist"))
    assert [client.get(path).content for path in paths] == before
