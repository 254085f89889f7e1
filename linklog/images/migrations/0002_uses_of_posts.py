"""The uses of media by posts that are there already. None of their images is an upload, for there was no way to upload one."""

from django.db import migrations
from django.db.models import Q

from linklog.core import html

BATCH = 500


def find_uses(apps, schema_editor):
    Post, MediaUse = apps.get_model("posts", "Post"), apps.get_model("images", "MediaUse")
    shows = Q(body_html__contains="<img") | Q(body_html__contains="<video") | Q(body_html__contains="<audio")
    posts = Post.objects.filter(shows | ~Q(card_image="")).order_by("pk")
    rows = []
    for pk, body_html, card_image in posts.values_list("pk", "body_html", "card_image").iterator(BATCH):
        rows += _uses(MediaUse, pk, body_html, card_image)
        if len(rows) >= BATCH:
            MediaUse.objects.bulk_create(rows)
            rows = []
    MediaUse.objects.bulk_create(rows)


def _uses(MediaUse, post_id, body_html, card_image):
    uses, places = {}, html.placed_media(body_html)
    for position, place in enumerate(places):
        src = place.src.encode()[:2_000].decode(errors="ignore")
        is_bare = place.is_image and not html.describes(place.alt, place.src)
        state = "" if not place.is_image else "none" if is_bare else "reviewed"
        if src not in uses or (is_bare and uses[src].state != "none"):
            facts = {"position": position, "is_image": place.is_image, "alt": place.alt[:2_000], "state": state}
            uses[src] = MediaUse(post_id=post_id, src=src, **facts)
    if card_image:
        card = card_image.encode()[:2_000].decode(errors="ignore")
        uses.setdefault(card, MediaUse(post_id=post_id, src=card, position=len(places)))
    return uses.values()


class Migration(migrations.Migration):
    dependencies = [("images", "0001_initial")]
    operations = [migrations.RunPython(find_uses, migrations.RunPython.noop)]
