"""What an export tells beside the posts: labels, pages, redirects, the site's own fields. Sorted here, for databases differ."""

from typing import Any

from linklog.pages.models import Page, Redirect
from linklog.posts.models import Person, Post, Series, Tag
from linklog.posts.querysets import PostQuerySet
from linklog.site.models import Site

_SITE_FIELDS = ("title", "tagline", "author", "accent", "navigation", "footer", "extra_css")


def site_contents(posts: PostQuerySet, site: Site, is_private: bool) -> dict[str, Any]:
    """Labels that `posts` carry, or every one if `is_private`; a redirect to a post that is not exported stays here."""
    used = {"posts__in": posts.order_by().values("pk")}
    tags = Tag.objects.all() if is_private else Tag.objects.filter(**used).distinct()
    people = Person.objects.all() if is_private else Person.objects.filter(**used).distinct()
    series = Series.objects.all() if is_private else Series.objects.filter(**used).distinct()
    redirects = Redirect.objects.all()
    hidden = set() if is_private else {post.get_absolute_url() for post in _hidden(posts)}
    told = {
        "tags": [_filled(slug=tag.slug, name=tag.name, description=tag.description) for tag in tags],
        "people": [_filled(slug=one.slug, name=one.name, url=one.url, description=one.description) for one in people],
        "series": [_filled(slug=one.slug, title=one.name, summary=one.description) for one in series],
        "pages": [
            _filled(slug=page.slug, title=page.title, body=page.body, search=page.search) for page in Page.objects.all()
        ],
        "redirects": [{"from": one.old_path, "to": one.target} for one in redirects if one.target not in hidden],
        "site": _filled(**{name: getattr(site, name) for name in _SITE_FIELDS}),
    }
    for name, key in (
        ("tags", "slug"),
        ("people", "slug"),
        ("series", "slug"),
        ("pages", "slug"),
        ("redirects", "from"),
    ):
        told[name] = sorted(told[name], key=lambda one, key=key: one[key])  # type: ignore[misc]
    return {name: value for name, value in told.items() if value}


def _hidden(posts: PostQuerySet) -> PostQuerySet:
    """Posts with an address that are not among `posts`."""
    exported = posts.order_by().values("pk")
    return (
        Post.objects.filter(day__isnull=False)
        .exclude(pk__in=exported)
        .defer("body", "body_html", "excerpt_html", "toc_html")
    )


def _filled(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
