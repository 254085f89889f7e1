"""The page that lists the feeds, and the same as OPML."""

import datetime as dt
from email.utils import parsedate_to_datetime

from django.test import Client
from lxml import etree

from linklog.feeds.tests.conftest import MakePost
from linklog.posts.models import Series
from linklog.search import archive as archives
from linklog.site.models import Site

SITE = "http://localhost:8000"


def fill(make_post: MakePost) -> None:
    series = Series.objects.create(name="A series")
    Series.objects.create(name="Empty")
    make_post(tags=("C++", "a"), series=series)
    make_post(tags=("C++",))
    make_post(tags=("hidden",), is_draft=True)


def test_every_feed_listed_answers_in_every_format(client: Client, make_post: MakePost) -> None:
    fill(make_post)
    groups = client.get("/subscribe/").context["groups"]
    feeds = [feed for group in groups for feed in group["feeds"]]
    titles = [feed["title"] for feed in feeds]
    assert titles == ["Everything", "Entries", "Blogmarks", "Quotations", "Notes", "C++", "a", "A series"]
    for feed in feeds:
        for name in ("atom", "rss", "json", "page"):
            assert client.get(feed[name]).status_code == 200, feed[name]


def test_opml_lists_the_same_feeds_and_is_valid(client: Client, make_post: MakePost) -> None:
    Site(title="Finds & more\ufffe", author="Grace").save()
    fill(make_post)
    response = client.get("/subscribe.opml")
    assert response["Content-Type"] == "text/x-opml; charset=utf-8"
    opml = etree.fromstring(response.content)
    assert (opml.tag, opml.get("version")) == ("opml", "2.0")
    assert opml.findtext("head/title") == "Finds & more"
    assert parsedate_to_datetime(opml.findtext("head/dateModified")) <= dt.datetime.now(dt.UTC)
    groups = opml.findall("body/outline")
    assert [group.get("text") for group in groups] == ["Everything, and each kind", "Tags", "Series"]
    feeds = opml.findall("body/outline/outline")
    assert len(feeds) == 8
    for feed in feeds:
        assert feed.get("type") == "rss"
        assert feed.get("text")
        assert client.get(feed.get("xmlUrl").removeprefix(SITE)).status_code == 200
        assert client.get(feed.get("htmlUrl").removeprefix(SITE)).status_code == 200


def test_the_page_costs_as_many_queries_with_many_tags(
    client: Client, make_post: MakePost, django_assert_max_num_queries
) -> None:
    for number in range(30):
        make_post("note", tags=(f"t{number}",), series=Series.objects.create(name=f"S{number}"))
    archives.current()  # what a process keeps in memory is read once
    with django_assert_max_num_queries(4):
        response = client.get("/subscribe/")
    assert len(response.context["groups"][1]["feeds"]) == 20
