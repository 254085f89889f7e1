"""A site whose every text was written by someone who means harm. `fill` makes it in an empty installation, once:

    linklog shell -c "from tests.hostile_site import fill; fill()"

and prints, as JSON, the session of its owner, the paths of every address, and the text columns that nobody filled.
"""

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_tasks import TaskResultStatus

from linklog import publishing
from linklog.accounts import tokens
from linklog.accounts.models import ApiToken, Role, Session, User
from linklog.assist.models import EditedPrompt, ModelCall, Price
from linklog.capture.models import Capture
from linklog.capture.page import Page as CapturedPage
from linklog.images.models import AltDraft, MediaFile, Rendition
from linklog.ops import installation
from linklog.pages.models import Page, Redirect
from linklog.posts.models import KINDS, Person, Post, Series, Tag
from linklog.posts.preview_links import preview_url
from linklog.readers.models import FeedReading
from linklog.site.models import Site
from linklog.tasks.models import Job, PeriodicJob, Worker
from linklog.write import fields as editor_fields
from linklog.write.models import LinkCheck
from tests.builders import make_post
from tests.public_urls import paths_around
from tests.website import HOSTILE

MARK = "__x()"  # in every text that does harm where it runs
ADDRESS = f"https://evil.example/{HOSTILE.replace(' ', '/')}"
IMAGE = f"/media/ab/{30 * 'c'}.jpg"
SHORT = '"><a onx=__x()>'  # where there is room for no more
MARKDOWN = f"""{HOSTILE}

# {HOSTILE}

[a](javascript:__x()) [b](&#106;avascript:__x()) [c](java\tscript:__x()) [d](data:text/html,<script>__x()</script>) [e](vbscript:__x())
[f](https://evil.example "{HOSTILE}") [g]: javascript:__x() [h] <javascript:__x()> [i](<javascript:__x()>) [j](JaVaScRiPt&colon;__x())

[h]: javascript:__x() "onmouseover=__x()"

![{HOSTILE}](javascript:__x()) ![a](/mark.svg"onerror="__x()) ![" onerror="__x()](https://evil.example/p.png "\\" onerror=\\"__x()")

``` "><img/src=x/onerror=__x()>
</code></pre><script>__x()</script>{{{{7*7}}}}
```

| {HOSTILE.replace("|", "")} | b |
|---|---|
| <script>__x()</script> | `</code><script>__x()</script>` |

Word[^1] and https://evil.example/"onmouseover="__x()

[^1]: {HOSTILE}

![" onerror="__x()]({IMAGE} "{HOSTILE.replace('"', "")}")

<svg onload=__x()><script>__x()</script><style>@import 'javascript:__x()';</style></svg><math><mtext><mglyph><style>
<img src=x onerror=__x()>
<iframe srcdoc="<script>__x()</script>"></iframe><object data="javascript:__x()"></object><embed src="javascript:__x()">
<form action="javascript:__x()"><button formaction="javascript:__x()" autofocus onfocus=__x()>x</button></form>
<base href="javascript:__x()//">
<meta http-equiv="refresh" content="0;url=javascript:__x()"><link rel=stylesheet href="javascript:__x()">
<p style="background:url(javascript:__x())">x
<details open ontoggle=__x()><summary>x</summary></details><video src=x onerror=__x()><source onerror=__x()></video>
<a id=createElement name=body>x</a>
<noscript><p title="</noscript><img src=x onerror=__x()>"></noscript>
<!--><img src=x onerror=__x()>--><textarea></textarea><img src=x onerror=__x()>
"""

BODIES = [*((kind, "markdown") for kind in KINDS), ("entry", "html"), ("note", "text")]
SENT = {
    "q": HOSTILE,
    "url": ADDRESS,
    "title": HOSTILE,
    "text": MARKDOWN[:500],
    "via": ADDRESS,
    "next": "javascript:__x()",
    "o": SHORT,
}

# Text columns that hold no text of anybody's: a choice of few, a key, what is derived from other columns by rules that are tested
# elsewhere, or what is checked more strictly than to let a text in
OTHERS = {
    "account": {"email", "key"},  # not used
    "mfa.Authenticator": {"type"},
    "accounts.User": {"password", "role"},
    "accounts.Session": {"session_key", "session_data"},
    "accounts.Guesses": {"key"},
    "accounts.ApiToken": {"scopes", "digest"},
    "posts": {"slug", "kind", "body_format", "description_html", "body_html", "excerpt_html", "toc_html", "context_html", "code"}
    | {"language", "link_key", "link_site", "import_digest", "target"},
    "pages": {"slug", "body_html"},
    "site.Site": {"accent", "footer_html", "logo"},
    "search": {"title", "tags", "body", "page", "key_words", "analyser", "domain", "word", "initial", "model", "digest"},
    "tasks.Job": {"status", "queue_name", "backend_name", "task_path", "return_value"},
    "django_tasks_database.DBTaskResult": {"status", "queue_name", "backend_name", "task_path", "return_value"},
    "tasks.PeriodicJob": {"path"},
    "capture.Capture": {"key", "state", "code"},
    "images": {"code", "kind", "state", "digest", "role", "path", "media_type", "sha256", "language"},
    "write.LinkCheck": {"key"},
    "assist.ModelCall": {"prompt_version", "state"},
}  # fmt: skip


def fill() -> None:
    installation.prepare()
    owner = _people()
    _uploads(owner)
    posts = _posts(owner)
    _site()
    _author_texts(owner, posts)
    _tasks()
    client = Client()
    client.force_login(owner)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()}
    ]  # so that nothing asks for it again
    session.save()
    Session.objects.update(agent=HOSTILE, network=SHORT)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        paths = {name: sorted(set(some)) for name, some in _paths(posts)}
    sys.stdout.write(json.dumps({"session": session.session_key, "paths": paths, "unfilled": sorted(unfilled())}))


def unfilled() -> Iterator[str]:
    """Text columns of ours that hold nothing hostile in any row, and should."""
    for model in [*apps.get_models(), Job]:
        label, app = model._meta.label, model._meta.app_label
        if not model.__module__.startswith(("linklog.", "allauth.", "django_tasks")) or (
            model._meta.proxy and model is not Job
        ):
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
            if not is_text or field.name in OTHERS.get(app, set()) | OTHERS.get(label, set()):
                continue
            rows = model._base_manager.annotate(as_text=Cast(field.name, models.TextField()))
            if not rows.filter(as_text__contains=MARK).exists():
                yield f"{label}.{field.name}"


def _people() -> User:
    owner = User.objects.create_superuser("owner", "", "low-water-at-six", name=HOSTILE)
    User.objects.create_user(HOSTILE, f"{SHORT}@evil.example", "low-water-at-six", name=HOSTILE, role=Role.CONTRIBUTOR)
    tokens.make(owner, HOSTILE, ["inbox"])
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    Authenticator.objects.create(user=owner, type="webauthn", data={"name": HOSTILE, "credential": credential})
    return owner


def _posts(owner: User) -> list[Post]:
    series = Series.objects.create(name=HOSTILE, slug="series", description=MARKDOWN)
    Tag.objects.create(name=HOSTILE, slug="tag", description=MARKDOWN)
    Person.objects.create(name=f"Eve {HOSTILE}", slug="eve", description=MARKDOWN, url=ADDRESS)
    texts: dict[str, Any] = {
        "title": HOSTILE, "body": MARKDOWN, "link_url": ADDRESS, "via_url": ADDRESS, "via_title": HOSTILE, "context": MARKDOWN,
        "language": SHORT, "card_image": ADDRESS, "series": series, "author": owner,
    }  # fmt: skip
    labels: dict[str, Any] = {"tags": [HOSTILE, f"Other {HOSTILE}"], "people": [f"Eve {HOSTILE}", HOSTILE]}
    posts = [make_post(kind, **texts | {"body_format": body_format}, **labels) for kind, body_format in BODIES]
    for number, post in enumerate(posts):
        publishing.save(post, by=owner)  # a second revision, with a difference to show
        Post.objects.filter(pk=post.pk).update(feed_id=f"{number} {HOSTILE}", import_ref=f"{number} {HOSTILE}")
    publishing.keep_working_copy(posts[0], dict.fromkeys(editor_fields.NAMES, f"{HOSTILE} anew"), by=owner)
    today = timezone.localdate()
    drafts = [make_post(kind, **texts, **labels, is_draft=True, published=None, follow_up=today) for kind in KINDS]
    soon = make_post("note", **texts, **labels, published=timezone.now() + dt.timedelta(days=1))
    return [*Post.objects.filter(pk__in=[post.pk for post in posts]), *drafts, soon]


def _uploads(owner: User) -> None:
    texts = dict.fromkeys(("name", "alt", "credit_title", "problem"), HOSTILE)
    state = MediaFile.State.READY
    media = MediaFile.objects.create(digest="1", added_by=owner, state=state, **texts, credit_url="javascript:__x()")
    for role, folder in ((Rendition.Role.MAIN, "ab"), (Rendition.Role.VARIANT, "cd")):
        path = IMAGE.removeprefix("/media/").replace("ab", folder)
        facts = {"media_type": "image/jpeg", "width": 640, "height": 480, "bytes": 9, "sha256": path}
        Rendition.objects.create(media=media, role=role, path=path, **facts)
    MediaFile.objects.create(digest="2", added_by=owner, state=MediaFile.State.FAILED, **texts)
    AltDraft.objects.create(src=f"{ADDRESS}?__x()", text=HOSTILE)
    AltDraft.objects.create(src=IMAGE, text=HOSTILE)


def _site() -> None:
    site = Site.load()
    site.title, site.tagline, site.author, site.footer = HOSTILE, HOSTILE, HOSTILE, MARKDOWN
    site.navigation = f"{HOSTILE} /about/\n{HOSTILE} javascript:__x()"
    site.extra_css = f"/* </style>{HOSTILE} */"
    site.save()
    Page.objects.create(slug="about", title=HOSTILE, body=MARKDOWN, search=f"q={HOSTILE}")
    Page.objects.create(slug="more", title=HOSTILE, body=MARKDOWN, search="type=note")
    Redirect.objects.create(old_path=f"/old/{HOSTILE}", target=f"/about/?{HOSTILE}")
    Redirect.objects.update(old_path=f"/old/{HOSTILE}")
    FeedReading.objects.create(day=timezone.localdate(), feed=SHORT, reader=HOSTILE, subscribers=7)


def _author_texts(owner: User, posts: list[Post]) -> None:
    facts = CapturedPage(
        ADDRESS, HOSTILE, [f"Eve {HOSTILE}"], HOSTILE, HOSTILE, SHORT, HOSTILE, "javascript:__x()", ADDRESS, [HOSTILE], MARKDOWN,
        [(7, HOSTILE)], ADDRESS, [HOSTILE],
    ).as_facts()  # fmt: skip
    page = {
        "by": owner,
        "url": ADDRESS,
        "title": HOSTILE,
        "selection": MARKDOWN,
        "via_url": ADDRESS,
        "problem": HOSTILE,
    }
    for code in ("", posts[-2].code):
        Capture.objects.create(**page, facts=facts, is_kept=True, state=Capture.State.READ, code=code)
    Capture.objects.create(**page, is_kept=True, state=Capture.State.FAILED)
    LinkCheck.objects.create(key=ADDRESS, url=ADDRESS, problem=HOSTILE)
    labels = {"task": SHORT, "model": HOSTILE, "about": HOSTILE}
    ModelCall.objects.create(**labels, state=ModelCall.State.FAILED, problem=HOSTILE, asked_by=owner, dollars=1)
    Price.objects.create(model=HOSTILE, since=timezone.localdate(), input=1, output=1)
    EditedPrompt.objects.create(name=SHORT, text=HOSTILE)


def _tasks() -> None:
    Job.objects.create(
        status=TaskResultStatus.FAILED,
        task_path="linklog.publishing.publish_due",
        args_kwargs={"args": [HOSTILE], "kwargs": {"x": HOSTILE}},
        worker_ids=[HOSTILE],
        exception_class_path=HOSTILE,
        traceback=f"Traceback:\n  File\n{HOSTILE}",
        queue_name="default",
        backend_name="default",
        run_after=timezone.now(),
    )
    Worker.objects.create(name=HOSTILE, seen=timezone.now())
    PeriodicJob.follow_settings()
    PeriodicJob.objects.update(traceback=HOSTILE, failures=3, failed=timezone.now())


def _paths(posts: list[Post]) -> Iterator[tuple[str, list[str]]]:
    """For each name of the URL configuration, where it leads to with what there is here."""
    public = [post for post in posts if post.is_public]
    around = paths_around(public[0]) | {"posts:permalink": [post.get_absolute_url() for post in public]}
    for name, pattern in url_patterns(get_resolver()):
        yield name, around.get(name) or list(_paths_of(name, pattern, posts))


def url_patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from url_patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield f"{prefix}{pattern.name}", pattern


def _paths_of(name: str, pattern: URLPattern, posts: list[Post]) -> Iterator[str]:
    """Where an address that is no page of the public leads to; one that is about nothing is asked for with all that one may send to it."""
    wanted = pattern.pattern.regex.groupindex
    drafts = [post for post in posts if post.is_draft]
    if name.startswith("admin:") and {"object_id", "id"} & set(wanted):
        content_type = ContentType.objects.get_for_model(Post).pk
        for key in _admin_keys(name):
            known = {"object_id": key, "id": key, "content_type_id": content_type}
            yield reverse(name, kwargs={part: known[part] for part in wanted})
    elif name == "posts:preview":
        yield from map(preview_url, drafts)
    elif name.startswith("images:") and "code" in wanted:
        yield from (reverse(name, args=[media.code]) for media in MediaFile.objects.all())
    elif "code" in wanted:
        yield from (reverse(name, args=[post.code]) for post in [*posts[: len(BODIES)], drafts[0]])
    else:
        things = {"kind": "blogmark", "slug": "eve", "token": SHORT, "path": "site/none.png", "app_label": "posts"}
        things["pk"] = (
            {"write:dismiss": Capture, "account_revoke_token": ApiToken}.get(name, Authenticator).objects.first().pk
        )
        path = reverse(name, kwargs={part: things[part] for part in wanted})
        yield f"{path}?{urlencode(SENT)}"
        if name == "write:capture":
            yield from (f"{path}?item={item.pk}" for item in Capture.objects.all())


def _admin_keys(name: str) -> list[Any]:
    """Of an object that the admin's address of this name is about."""
    named = [
        model
        for model in admin.site._registry
        if name.startswith(f"admin:{model._meta.label_lower.replace('.', '_')}_")
    ]
    model = named[0] if named else User if "user" in name else Post
    return list(model._base_manager.values_list("pk", flat=True)[:1])
