"""Which images, films and sounds each post shows, and the state of their alt texts: derived from the stored HTML at every write."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

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
    posts = list(posts)
    places = {post.pk: _places(post) for post in posts}
    sources = [place.src for some in places.values() for place in some] + [post.card_image for post in posts]
    known = with_renditions({path for src in sources if (path := path_of(src))})
    before: dict[int, dict[str, MediaUse]] = defaultdict(dict)
    for use in MediaUse.objects.filter(post__in=posts):
        before[use.post_id][use.src] = use
    wanted = [use for post in posts for use in _uses(post, places[post.pk], known)]
    drafts = _drafts(use.src for use in wanted if use.is_image)
    made, changed = [], []
    for use in wanted:
        earlier = before[use.post_id].pop(use.src, None)
        if use.state:
            use.state = _state(use, earlier, drafts.get(use.src, ()))
        if earlier is None:
            made.append(use)
        elif any(getattr(earlier, name) != getattr(use, name) for name in _COMPARED):
            use.pk = earlier.pk
            changed.append(use)
    if gone := [use.pk for some in before.values() for use in some.values()]:
        MediaUse.objects.filter(pk__in=gone).delete()
    MediaUse.objects.bulk_create(made, batch_size=_BATCH)
    if changed:
        MediaUse.objects.bulk_update(changed, _COMPARED, batch_size=_BATCH)


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


def foreseen(post: Post, images: Sequence[tuple[str, str]]) -> list[str]:
    """The state that each image, as (src, alt), would have if `post` were saved with it."""
    keys = [key_of(src) for src, _alt in images]
    drafts = _drafts(keys)
    earlier = {use.src: use for use in post.media_uses.filter(src__in=keys)} if post.pk else {}
    found = []
    for key, (src, alt) in zip(keys, images, strict=True):
        alt = " ".join(alt.split())[:MAX_ALT]
        use = MediaUse(src=key, alt=alt, state=Alt.REVIEWED if html.describes(alt, src) else Alt.NONE)
        found.append(str(_state(use, earlier.get(key), drafts.get(key, ()))))
    return found


def mark(post: Post, src: str, alt: str, state: str) -> None:
    """What the author says in the editor of an image, which may not be in the text that is saved yet."""
    key = key_of(src)
    use = post.media_uses.filter(src=key).first() or _use(post, Placed(key, "", True), key, _known(key), position=0)
    use.alt = " ".join(alt.split())[:MAX_ALT]
    if state == Alt.DECORATIVE:
        set_decorative(use)
    elif state == Alt.REVIEWED:
        confirm(use)
    elif use.pk:
        use.state = Alt.NONE
        use.state = foreseen(post, [(src, alt)])[0] if use.alt else Alt.NONE
        use.save()


def note_draft(src: str, text: str) -> AltDraft:
    """Remember what a model wrote of an image: where it stands in a post, nobody has looked at it. Images that have none wait for it."""
    draft, _is_new = AltDraft.objects.get_or_create(src=key_of(src), text=" ".join(text.split())[:MAX_ALT])
    uses = MediaUse.objects.filter(src=draft.src)
    uses.filter(state=Alt.NONE).update(state=Alt.DRAFTED)
    return draft


def latest_drafts(uses: Iterable[MediaUse]) -> dict[str, str]:
    """What a model last wrote of the images of these uses."""
    rows = AltDraft.objects.filter(src__in={use.src for use in uses}).order_by("made", "pk")
    return dict(rows.values_list("src", "text"))


def posts_showing(media: MediaFile) -> QuerySet[Post]:
    return Post.objects.filter(pk__in=media.uses.values("post_id"))
