"""What a Linklog export says beside its posts: labels, pages, redirects and the site's own fields. Only what is missing
here is taken; nothing that was written here is changed."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from linklog.core import links
from linklog.core.slugs import slugify
from linklog.core.xml import strip_illegal
from linklog.importers.contract import SiteContents, web_url
from linklog.pages.models import Page, Redirect
from linklog.posts.models import Person, Series, Tag
from linklog.search import saved
from linklog.search.request import BadRequest
from linklog.site.models import Site

_RAW_HTML = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https?|mailto):)")
_SLUG = re.compile(r"[-\w]{1,120}", re.ASCII)
_SITE_FIELDS = ("title", "tagline", "author", "accent", "navigation", "footer", "extra_css")


def is_own(contents: SiteContents) -> bool:
    """Whether the file is an export of this very site."""
    return links.site(contents.home_url) == links.site(settings.LINKLOG_URL)


def leave_out_site(contents: SiteContents, is_own: bool) -> str:
    """Keep of `contents` what says something of posts: labels, without raw HTML unless it `is_own`. Returns what was left
    out as a sentence, "" where there was nothing.
    """
    counted = ((len(contents.pages), "page"), (len(contents.redirects), "redirect"))
    parts = ["the site's own texts"] if any(contents.site.values()) else []
    parts += [f"{count} {noun}" + "s" * (count != 1) for count, noun in counted if count]
    contents.pages, contents.redirects, contents.site = [], [], {}
    if not is_own:
        for label in (*contents.tags, *contents.people, *contents.series):
            for name in ("description", "summary"):
                if isinstance(label.get(name), str):
                    label[name] = _RAW_HTML.sub("&lt;", label[name])
    if not parts:
        return ""
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    verb = "was" if len(parts) == 1 and listed.startswith("1 ") else "were"
    why = "--limit takes posts only" if is_own else "add --whole-site to take them"
    return f"{listed[0].upper()}{listed[1:]} in the file {verb} left out; {why}."


@transaction.atomic
def apply(contents: SiteContents) -> None:
    """Add what is missing, in one transaction."""
    changed = [
        _labels(Tag, contents.tags, "name", "description"),
        _labels(Person, contents.people, "name", "description"),
        _labels(Series, contents.series, "title", "summary"),
        _pages(contents.pages),
        _redirects(contents.redirects),
    ]
    if _site(contents.site):
        return  # saving the site says that it changed
    if any(changed):
        Site.touch()


def _labels(
    model: type[Tag] | type[Person] | type[Series], told: list[dict[str, Any]], name: str, description: str
) -> bool:
    """Whether any was made, or given the name or description it lacked. One called like its slug was never named."""
    known = {label.slug: label for label in model._default_manager.filter(slug__in=[_slug(one) for one in told])}
    is_changed = False
    for one in told:
        slug, url = _slug(one), web_url(one.get("url"))
        if not slug:
            continue
        label = known.get(slug)
        if label is None:
            label = known[slug] = model(slug=slug, name=_text(one, name) or slug, description=_text(one, description))
            if isinstance(label, Person):
                label.url = url
            label.save()
            is_changed = True
            continue
        filled = {}
        if label.name == slug and " ".join(_text(one, name).split())[:200] not in ("", slug):
            filled["name"] = _text(one, name)
        if not label.description and _text(one, description).strip():
            filled["description"] = _text(one, description)
        if isinstance(label, Person) and url and not label.url:
            filled["url"] = url
        if filled:
            for field, value in filled.items():
                setattr(label, field, value)
            label.save()
            is_changed = True
    return is_changed


def _pages(told: list[dict[str, Any]]) -> bool:
    known = set(Page.objects.values_list("slug", flat=True))
    is_changed = False
    for one in told:
        slug = _text(one, "slug")
        page = Page(slug=slug, title=_text(one, "title")[:300] or slug, body=_text(one, "body"), search=_search(one))
        if slug in known or not _SLUG.fullmatch(slug) or len(slug) > 100:
            continue
        try:
            page.clean()
        except ValidationError:
            continue  # its address belongs to a part of the site
        page.save()
        known.add(slug)
        is_changed = True
    return is_changed


def _search(told: dict[str, Any]) -> str:
    """What a page searches for; "" where it is no search that this version knows."""
    try:
        return saved.cleaned(_text(told, "search"))
    except BadRequest:
        return ""


def _redirects(told: list[dict[str, Any]]) -> bool:
    known = set(
        Redirect.objects.filter(old_path__in=[_text(one, "from") for one in told]).values_list("old_path", flat=True)
    )
    new = []
    for one in told:
        redirect = Redirect(old_path=_text(one, "from"), target=_text(one, "to"))
        if redirect.old_path in known:
            continue
        try:
            redirect.clean_fields()
            redirect.clean()
        except ValidationError:
            continue
        known.add(redirect.old_path)
        new.append(redirect)
    Redirect.objects.bulk_create(new)
    return bool(new)


def _site(told: dict[str, Any]) -> bool:
    site = Site.load()
    filled = {name: value for name in _SITE_FIELDS if not getattr(site, name) and (value := _text(told, name).strip())}
    if not filled:
        return False
    for name, value in filled.items():
        setattr(site, name, value)
    try:
        site.clean_fields(exclude=["logo"])
    except ValidationError as error:
        for name in error.message_dict:
            setattr(site, name, "")
    site.save()
    return True


def _slug(told: dict[str, Any]) -> str:
    return slugify(_text(told, "slug"), 120)


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return strip_illegal(value) if isinstance(value, str) else ""
