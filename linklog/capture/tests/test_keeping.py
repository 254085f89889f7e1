"""The inbox."""

import datetime as dt

import pytest
from django.utils import timezone

from linklog.accounts.models import User
from linklog.capture.given import given
from linklog.capture.keeping import forget_unused, keep
from linklog.capture.models import Capture
from tests.builders import make_post

pytestmark = pytest.mark.django_db

PAGE = "https://clocks.example/tides"


@pytest.fixture
def mira() -> User:
    return User.objects.create_user("mira")


def test_a_link_kept_twice_is_one_item_at_the_top_that_keeps_what_it_had(mira: User) -> None:
    first = keep(mira, given({"url": PAGE, "text": "Brass."}))
    keep(mira, given({"url": "https://other.example/"}))
    again = keep(mira, given({"url": f"{PAGE}/?utm_source=x", "title": "Tide clocks", "text": "Other words"}))
    assert again.pk == first.pk
    assert list(Capture.objects.inbox(mira)) == [first, Capture.objects.get(url="https://other.example/")]
    again.refresh_from_db()
    assert (again.title, again.selection, again.url) == ("Tide clocks", "Brass.", PAGE)


def test_everybody_has_an_inbox_of_their_own(mira: User) -> None:
    keep(mira, given({"url": PAGE}))
    other = User.objects.create_user("other")
    assert not Capture.objects.inbox(other).exists()
    keep(other, given({"url": PAGE}))
    assert Capture.objects.count() == 2


def test_what_was_dismissed_or_written_about_is_kept_anew(mira: User) -> None:
    dismissed = keep(mira, given({"url": PAGE}))
    Capture.objects.filter(pk=dismissed.pk).update(is_kept=False)
    written = keep(mira, given({"url": PAGE}))
    assert written.pk != dismissed.pk
    Capture.objects.filter(pk=written.pk).update(code="abcdefgh")
    assert keep(mira, given({"url": PAGE})).pk not in (dismissed.pk, written.pk)


def test_what_was_only_looked_at_is_forgotten_after_a_while(mira: User) -> None:
    post = make_post("note")
    long_ago = timezone.now() - dt.timedelta(days=31)
    kept = Capture.objects.create(by=mira, url="https://a.example/", is_kept=True, created=long_ago)
    written = Capture.objects.create(by=mira, url="https://b.example/", code=post.code, created=long_ago)
    new = Capture.objects.create(by=mira, url="https://c.example/")
    Capture.objects.create(by=mira, url="https://d.example/", created=long_ago)
    Capture.objects.create(by=mira, url="https://e.example/", code="gone2345", created=long_ago)
    forget_unused()
    assert set(Capture.objects.all()) == {kept, written, new}
