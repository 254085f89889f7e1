"""Writes that an author's front page proposes: a reminder done with, a tag for whom one credits often."""

from django.db.models import F

from linklog.core.slugs import tag_slug
from linklog.core.vendor_sql import writing
from linklog.posts.forms import tag_token
from linklog.posts.models import Person, Post, PostTag, Tag, WorkingCopy
from linklog.publishing import trail
from linklog.publishing.trail import Writer
from linklog.search import index
from linklog.site.models import Site


@writing()
def followed_up(post: Post) -> None:
    """Stop reminding of `post`. Readers never saw the date, so nothing else changes."""
    Post.objects.filter(pk=post.pk).update(follow_up=None)


@writing()
def tag_person(person: Person, by: Writer = None) -> Tag:
    """Put the tag of this person's name, made if there is none, on every post that credits them. What is being written over one
    of these carries it too.
    """
    tag, _is_new = Tag.objects.get_or_create(slug=tag_slug(person.name), defaults={"name": person.name})
    posts = list(Post.objects.filter(credits__person=person).exclude(post_tags__tag=tag).with_parts())
    trail.keep_states(posts, None)
    tagged = Post.objects.filter(pk__in=[post.pk for post in posts])
    tagged.update(revision=F("revision") + 1)
    PostTag.objects.bulk_create(PostTag(post=post, tag=tag, position=len(post.tag_list)) for post in posts)
    trail.keep_states(tagged.with_parts(), by)
    copies = list(WorkingCopy.objects.filter(post__in=posts))
    for copy in copies:
        copy.data["tag_names"] = ", ".join(filter(None, [copy.data.get("tag_names", ""), tag_token(tag)]))
    WorkingCopy.objects.bulk_update(copies, ["data"])
    index.update([post.pk for post in posts])
    Site.touch()
    return tag
