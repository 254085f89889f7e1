"""Which images, films and sounds each post shows, and the state of their alt texts: derived from the stored HTML at every write."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, prefetch_related_objects

from linklog.core import html
from linklog.core.html import Placed
from linklog.images.models import MAX_ALT, AltDraft, MediaFile, MediaUse, Rendition
from linklog.images.showing import path_of, with_renditions
from linklog.posts.models import Post

Alt = MediaUse.Alt
MAX_SRC = 2_000  # bytes
WANTING = (Alt.NONE, Alt.DRAFTED)  # the least described first
_COMPARED = ("media_id", "position", "is_image", "alt", "state")
_BATCH = 500


def shows_media(post: Post) -> bool:
    return bool(post.card_image) or any(tag in post.body_html for tag in ("<img", "<video", "<audio"))


def update(posts: Iterable[Post]) -> None:
    """Bring the uses of saved posts in line with their HTML: in as many queries however many they are, within a transaction."""
    wanted, before = _derived(list(posts))
    made, changed = [], []
    for use in wanted:
        earlier = before.pop((use.post_id, use.src), None)
        if earlier is None:
            made.append(use)
        elif any(getattr(earlier, name) != getattr(use, name) for name in _COMPARED):
            use.pk = earlier.pk
            changed.append(use)
    if before:
        MediaUse.objects.filter(pk__in=[use.pk for use in before.values()]).delete()
    MediaUse.objects.bulk_create(made, batch_size=_BATCH)
    if changed:
        MediaUse.objects.bulk_update(changed, _COMPARED, batch_size=_BATCH)


def present(post: Post) -> list[MediaUse]:
    """What `post` shows as it stands, saved or not: the rows that saving it would make."""
    return _derived([post])[0] if shows_media(post) else []


def _derived(posts: Sequence[Post]) -> tuple[list[MediaUse], dict[tuple[int, str], MediaUse]]:
    """The uses that follow from the HTML, and those that are stored, by post and address."""
    places = {id(post): _places(post) for post in posts}
    sources = [place.src for some in places.values() for place in some] + [post.card_image for post in posts]
    known = with_renditions({path for src in sources if (path := path_of(src))})
    saved = [post.pk for post in posts if post.pk]
    before = {(use.post_id, use.src): use for use in (MediaUse.objects.filter(post__in=saved) if saved else ())}
    wanted = [use for post in posts for use in _uses(post, places[id(post)], known)]
    drafts = _drafts(use.src for use in wanted if use.state)
    for use in wanted:
        if use.state:
            use.state = _state(use, before.get((use.post_id, use.src)), drafts.get(use.src, ()))
    return wanted, before


def _places(post: Post) -> list[Placed]:
    return [_short(place) for place in html.placed_media(post.body_html)] if shows_media(post) else []


def _short(place: Placed) -> Placed:
    return place._replace(src=key_of(place.src), alt=place.alt[:MAX_ALT])


def key_of(src: str) -> str:
    """`src` as it is stored, for no index takes longer ones."""
    return src.encode()[:MAX_SRC].decode(errors="ignore")


def _uses(post: Post, places: Sequence[Placed], known: dict[str, list[Rendition]]) -> list[MediaUse]:
    """A row for each address that the post names; of one image shown twice the place that is described less. The card's comes last."""
    uses: dict[str, MediaUse] = {}
    for position, place in enumerate(places):
        is_bare = place.is_image and not html.describes(place.alt, place.src)
        state = "" if not place.is_image else Alt.NONE if is_bare else Alt.REVIEWED
        for src in _as_named(post, place.src, known.get(path_of(place.src) or "", ())):
            if src not in uses or (is_bare and uses[src].state != Alt.NONE):
                uses[src] = _use(post, place, src, known, position=position, state=state)
    if post.card_image and (card := key_of(post.card_image)) not in uses:
        uses[card] = _use(post, Placed(card, "", True), card, known, position=len(places))
    return list(uses.values())


def _use(post: Post, place: Placed, src: str, known: dict[str, list[Rendition]], **fields: Any) -> MediaUse:
    renditions = known.get(path_of(place.src) or "")
    media_id = renditions[0].media_id if renditions else None
    return MediaUse(post_id=post.pk, src=src, media_id=media_id, is_image=place.is_image, alt=place.alt, **fields)


def _as_named(post: Post, src: str, renditions: Iterable[Rendition]) -> list[str]:
    """How the source of `post` names what its HTML shows at `src`: a replaced image by its former address, one in a bucket by ours."""
    named = []
    for rendition in renditions:
        ways = (f"{base}{settings.MEDIA_URL}{rendition.path}" for base in (settings.LINKLOG_URL, ""))
        if rendition.role in (Rendition.Role.MAIN, Rendition.Role.FORMER):
            named += [way for way in ways if way in post.body][:1]
    return named or [src]


def _state(use: MediaUse, earlier: MediaUse | None, drafts: Iterable[str]) -> str:
    """What the author said of it stays while its alt text does."""
    if earlier and earlier.alt == use.alt and earlier.state in (Alt.REVIEWED, Alt.DECORATIVE):
        return earlier.state
    if use.state == Alt.NONE:
        return Alt.DRAFTED if drafts else Alt.NONE
    return Alt.DRAFTED if use.alt in drafts else Alt.REVIEWED


def _drafts(sources: Iterable[str]) -> dict[str, set[str]]:
    """What models wrote of these images."""
    found: dict[str, set[str]] = defaultdict(set)
    if names := set(sources):
        for src, text in AltDraft.objects.filter(src__in=names).values_list("src", "text"):
            found[src].add(text)
    return found


def states(post: Post) -> dict[str, str]:
    """The state of the alt text of each image in the text of `post`, by its address."""
    return dict(post.media_uses.exclude(state="").values_list("src", "state"))


def unreviewed(post: Post) -> list[MediaUse]:
    """The images in the text of `post` whose alt text nobody wrote or confirmed, in their order."""
    return list(post.media_uses.filter(state__in=WANTING))


def confirm(use: MediaUse) -> None:
    """The author says that its alt text is right."""
    use.state = Alt.REVIEWED if use.alt else use.state
    use.save()


def set_decorative(use: MediaUse) -> None:
    """The author says that this image tells nothing: it stays without alt text."""
    use.alt, use.state = "", Alt.DECORATIVE
    use.save()


def mark(use: MediaUse, state: str) -> None:
    """The author says of a use, one of `present` for example, that its alt text is right or that it is decorative, or takes that back."""
    stored = MediaUse.objects.filter(post=use.post_id, src=use.src).only("pk").first()
    use.pk = stored.pk if stored else None
    if state == Alt.REVIEWED:
        confirm(use)
    elif state == Alt.DECORATIVE:
        set_decorative(use)
    else:
        use.state = _state(
            MediaUse(alt=use.alt, state=Alt.REVIEWED if use.alt else Alt.NONE), None, _drafts([use.src])[use.src]
        )
        use.save()


def note_draft(src: str, text: str) -> AltDraft:
    """Remember what a model wrote of an image: where it stands in a post, nobody has looked at it. Images that have none wait for it."""
    draft, _is_new = AltDraft.objects.get_or_create(src=key_of(src), text=" ".join(text.split())[:MAX_ALT])
    uses = MediaUse.objects.filter(src=draft.src)
    uses.filter(state=Alt.NONE).update(state=Alt.DRAFTED)
    return draft


def names_for(user: Any, found: Sequence[MediaUse]) -> list[str]:
    """What each is called in the library, where `user` sees it there; else its address."""
    prefetch_related_objects(found, "media")
    return [_name(use.media, user) or use.src for use in found]


def _name(media: MediaFile | None, user: Any) -> str:
    return media.name if media and (user.can_publish or media.added_by_id == user.pk) else ""


def latest_drafts(uses: Iterable[MediaUse]) -> dict[str, str]:
    """What a model last wrote of the images of these uses."""
    rows = AltDraft.objects.filter(src__in={use.src for use in uses}).order_by("made", "pk")
    return dict(rows.values_list("src", "text"))


def posts_showing(media: MediaFile) -> QuerySet[Post]:
    """Also those that name it since before it came, or came again."""
    paths = (f"{settings.MEDIA_URL}{one.path}" for one in media.renditions.all())
    named = [f"{base}{path}" for path in paths for base in ("", settings.LINKLOG_URL)]
    uses = MediaUse.objects.filter(Q(media=media) | Q(media=None, src__in=named))
    return Post.objects.filter(pk__in=uses.values("post_id"))
