"""Names to complete what an author types: tags and people, the most used first. For signed-in authors only."""

from django.db.models import Count, QuerySet
from django.http import HttpRequest, JsonResponse

from linklog.accounts.access import authors_only
from linklog.posts.models import Person, Tag

SUGGESTIONS = 10


@authors_only
def tags(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"names": names(Tag.objects.all(), request.GET.get("q", ""))})


@authors_only
def people(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"names": names(Person.objects.all(), request.GET.get("q", ""))})


def names(labels: QuerySet[Tag] | QuerySet[Person], query: str) -> list[str]:
    """Up to ten names that begin with, or else hold, `query`."""
    query = query.replace("\x00", "").strip()[:100]
    if not query:
        return []
    ranked = labels.annotate(n=Count("posts")).order_by("-n", "name")
    begin = list(ranked.filter(name__istartswith=query).values_list("name", flat=True)[:SUGGESTIONS])
    hold = ranked.filter(name__icontains=query).exclude(name__istartswith=query).values_list("name", flat=True)
    return begin + list(hold[: SUGGESTIONS - len(begin)])
