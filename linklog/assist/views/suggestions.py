"""What a model suggests to who writes, as JSON: plain words, the field that each is for, and what asking cost. Nothing is saved."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.accounts.models import User
from linklog.assist import descriptions, passages, tagging, titles
from linklog.assist.client import Answer, ask
from linklog.assist.ledger import AssistError, LimitReached
from linklog.capture.known import capture_of, item_of
from linklog.core.xml import strip_illegal
from linklog.posts.models import Tag
from linklog.search.tag_suggestions import Subject
from linklog.write import fields as editor_fields

PAGE_CHARACTERS = 3_000  # of the page itself, whose beginning says what it is about
Items = list[dict[str, str]]


class Refusal(Exception):
    """Why a model is not asked, in a sentence, and the status of the answer."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def suggestion(find: Callable[[HttpRequest, User], tuple[Items, Answer[Any]]]) -> Callable[..., Any]:
    """A view of what `find` suggests: {"suggestion": [{"text", "label", "field", "value"}], "cost"}, or {"problem"}. `text` is to be read,
    `label` says what pressing does: `value` goes into the form's `field`."""

    @authors_only
    @require_POST
    @wraps(find)
    def view(request: HttpRequest) -> JsonResponse:
        assert isinstance(request.user, User)
        try:
            items, answer = find(request, request.user)
        except Refusal as refusal:
            return JsonResponse({"problem": str(refusal)}, status=refusal.status)
        except AssistError as error:
            return JsonResponse({"problem": str(error)}, status=429 if isinstance(error, LimitReached) else 503)
        return JsonResponse({"suggestion": items, "cost": answer.cost})

    return view


@suggestion
def tags(request: HttpRequest, user: User) -> tuple[Items, Answer[Any]]:
    """From the author's own tags, for what stands in the editor."""
    fields, facts = _writing(request, user)
    page = _beginning(facts)
    subject = Subject(
        title=fields["title"] or facts.get("title", ""),
        text=f"{fields['body']}\n{page}",
        url=fields["link_url"],
        people=editor_fields.person_names(fields),
        given=editor_fields.tag_names(fields),
    )
    vocabulary = tagging.vocabulary(subject)
    if not vocabulary:
        raise Refusal(_("There are no tags here yet to choose from."))
    values = tagging.values(vocabulary, subject.title, fields["body"], page)
    answer = ask(tagging.tags_of(vocabulary), values, about=f"post {_about(request)}", by=user)
    return [_item(name, _("Add"), "tag_names") for name in answer.value], answer


@suggestion
def title(request: HttpRequest, user: User) -> tuple[Items, Answer[Any]]:
    """A title, and a line that says what the post says, to be copied elsewhere: the words of the post are its author's."""
    fields, facts = _writing(request, user)
    values = titles.values(fields["body"], facts.get("title", ""), _beginning(facts))
    answer = ask(titles.TITLE, values, about=f"post {_about(request)}", by=user)
    summary = [_item(answer.value.summary, _("Copy"), "")] if answer.value.summary else []
    return [_item(answer.value.title, _("Use as title"), "title"), *summary], answer


@suggestion
def quotable(request: HttpRequest, user: User) -> tuple[Items, Answer[Any]]:
    """Passages of a captured page, each as it stands there."""
    capture = item_of(user, _about(request))
    if capture is None:
        raise Refusal(_("There is no such page."))
    text = capture.facts.get("text", "")
    if not text:
        raise Refusal(_("Nothing was read of this page."))
    values = {"title": capture.facts.get("title", ""), "text": text}
    answer = ask(passages.passages_of(text), values, about=f"capture {capture.pk}", by=user)
    return [_item(passage, _("Quote"), "body", passages.as_quote(passage)) for passage in answer.value], answer


@suggestion
def tag_description(request: HttpRequest, user: User) -> tuple[Items, Answer[Any]]:
    """For the page of a tag, for who may edit it."""
    if not user.can_publish:
        raise Refusal(_("An editor describes tags."), 403)
    tag = Tag.objects.filter(slug=_about(request)).first()
    if tag is None:
        raise Refusal(_("There is no such tag."))
    values = descriptions.values(tag)
    if not values["posts"]:
        raise Refusal(_("No public post carries this tag."))
    answer = ask(descriptions.TAG_DESCRIPTION, values, about=f"tag {tag.slug}", by=user)
    return [_item(answer.value, _("Use it"), "description")], answer


def _writing(request: HttpRequest, user: User) -> tuple[editor_fields.Fields, dict[str, Any]]:
    """What stands in the editor, and what is known of the page it links to."""
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        raise Refusal(refusal, 413)
    given = request.POST.get("capture", "")
    capture = capture_of(user, _about(request), fields["link_url"], given)
    facts = capture.facts if capture else {}
    if not any((fields["title"], fields["body"], facts)):
        raise Refusal(_("Write something first: there is nothing yet to go by."))
    return fields, facts


def _about(request: HttpRequest) -> str:
    """The code of a post, the key of a capture or the slug of a tag, as it was sent."""
    return strip_illegal(request.POST.get("about", ""))


def _beginning(facts: dict[str, Any]) -> str:
    return f"{facts.get('description', '')}\n{facts.get('text', '')[:PAGE_CHARACTERS]}".strip()


def _item(text: str, label: str, field: str, value: str = "") -> dict[str, str]:
    return {"text": text, "label": label, "field": field, "value": value or text}
