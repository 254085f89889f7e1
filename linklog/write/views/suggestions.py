"""Tags that suit what stands in the editor, as JSON."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from linklog.accounts.access import authors_only
from linklog.capture.known import capture_of
from linklog.search.tag_suggestions import Subject, suggest
from linklog.write import fields as editor_fields
from linklog.write.views.page import author_of

PAGE_CHARACTERS = 3_000  # of the page itself, whose beginning says what it is about


@authors_only
@require_POST
def tags(request: HttpRequest, code: str) -> JsonResponse:
    fields = editor_fields.known(request.POST)
    if refusal := editor_fields.refusal(fields):
        return JsonResponse({"problem": refusal}, status=413)
    capture = capture_of(author_of(request), code, fields["link_url"], request.POST.get("capture", ""))
    facts = capture.facts if capture else {}
    page = f"{facts.get('description', '')}\n{facts.get('text', '')[:PAGE_CHARACTERS]}"
    subject = Subject(
        title=fields["title"] or facts.get("title", ""),
        text=f"{fields['body']}\n{page}",
        url=fields["link_url"],
        people=editor_fields.person_names(fields),
        given=editor_fields.tag_names(fields),
    )
    return JsonResponse({"tags": [{"name": name, "reason": reason} for name, reason in suggest(subject)]})
