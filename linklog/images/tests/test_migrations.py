"""The migrations of the images room."""

from importlib import import_module

import pytest
from django.apps import apps

from linklog.images.models import MediaUse
from tests.builders import make_post

migration = import_module("linklog.images.migrations.0002_uses_of_posts")


@pytest.mark.django_db
def test_posts_that_are_there_get_the_uses_that_saving_them_gives() -> None:
    body = "![](/media/a.png) ![A clock](/media/b.png) ![A clock](/media/a.png)\n\n![x](/media/c.mp4)"
    make_post("note", body=body, card_image="/media/d.png")
    make_post("note", body="Words", card_image="/media/d.png")
    make_post("note", body="Words")
    fields = ("post", "src", "media", "position", "is_image", "alt", "state")
    expected = list(MediaUse.objects.values_list(*fields))
    MediaUse.objects.all().delete()
    migration.find_uses(apps, None)
    assert len(expected) == 5
    assert list(MediaUse.objects.values_list(*fields)) == expected
