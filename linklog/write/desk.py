"""What an author's front page shows of posts: what is unfinished, what goes out when, what to look at again.

A contributor sees posts of their own alone, and is not shown what only those may do who publish.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Exists, Max, OuterRef, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from linklog.accounts.models import User
from linklog.images.models import MediaUse
from linklog.images.uses import WANTING
from linklog.posts.models import Person, Post, Tag, WorkingCopy
from linklog.posts.querysets import credits_of_posts

LAST_PUBLISHED = 5
AHEAD_DAYS = 7
OFTEN, PEOPLE_SHOWN = 3, 6  # credits from which a person deserves a tag
UNDESCRIBED_SHOWN = 5


@dataclass
class Desk:
    """The lists of the front page. They cost the same queries however long the archive is."""

    drafts: list[Post]  # the last saved first, with `last_saved`
    scheduled: list[Post]
    published: list[Post]
    follow_ups: list[Post]
    copies: list[WorkingCopy] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)  # with `times`
    undescribed: list[Post] = field(default_factory=list)
    images: int = 0  # of all posts, whose alt text nobody wrote or looked at


def desk_of(user: User, most: int) -> Desk:
    """What `user` has before them; of drafts `most`."""
    posts = Post.objects.select_related("author").defer("author__password")
    mine = posts if user.can_publish else posts.filter(author=user)
    saved = Coalesce(Max("revisions__saved"), "created")
    until = timezone.localdate() + dt.timedelta(days=AHEAD_DAYS)
    desk = Desk(
        drafts=list(mine.drafts().annotate(last_saved=saved).order_by("-last_saved", "-pk")[:most]),
        scheduled=list(mine.scheduled().oldest_first()),
        published=list(mine.published().newest_first()[:LAST_PUBLISHED]),
        follow_ups=list(mine.filter(follow_up__lte=until).order_by("follow_up", "pk")),
    )
    if user.can_publish:
        desk.copies = list(WorkingCopy.objects.select_related("post", "saved_by").order_by("-saved"))
        desk.people = people_without_a_tag()
        desk.undescribed = undescribed()
        desk.images = MediaUse.objects.wanting().count()
    of_copies = [copy.post for copy in desk.copies]
    prefetch_related_objects(
        [*desk.drafts, *desk.scheduled, *desk.published, *desk.follow_ups, *of_copies], credits_of_posts()
    )
    return desk


def people_without_a_tag() -> list[Person]:
    """Who is credited OFTEN or more and has no tag of their name, the most credited first."""
    tags = Tag.objects.order_by()
    people = Person.objects.exclude(slug__in=tags.values("slug")).exclude(name__in=tags.values("name"))
    return list(
        people.annotate(times=Count("credits")).filter(times__gte=OFTEN).order_by("-times", "name")[:PEOPLE_SHOWN]
    )


def undescribed() -> list[Post]:
    """The newest posts with images whose alt text nobody wrote or looked at, and how many, as `images`."""
    wanting = MediaUse.objects.filter(post=OuterRef("pk"), state__in=WANTING).order_by()
    images = wanting.values("post").annotate(n=Count("pk")).values("n")
    posts = Post.objects.published().filter(Exists(wanting)).annotate(images=Subquery(images))
    return list(posts.newest_first()[:UNDESCRIBED_SHOWN])
