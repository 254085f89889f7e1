"""Reading pages in the background: of what is kept for later or came by the API, where nobody waits."""

from linklog import publishing
from linklog.capture.filling import page_of
from linklog.capture.models import Capture
from linklog.capture.reading import read_capture
from linklog.core.vendor_sql import writing
from linklog.posts.models import Post
from linklog.tasks.jobs import TryLater, job


@job(tries=3)
def read_page(capture_id: int) -> None:
    """Read a captured page that was not read yet. A site that does not answer is asked again later."""
    capture = Capture.objects.filter(pk=capture_id).exclude(state=Capture.State.READ).first()
    if capture is None:
        return
    read_capture(capture, patiently=True)
    fill_draft(capture)
    if capture.state == Capture.State.FAILED:
        raise TryLater(capture.problem)


def fill_draft(capture: Capture) -> None:
    """Put what was found into the draft made of it, if there is one and nobody has written in it."""
    if not (capture.code and capture.facts):
        return
    page = page_of(capture)
    with writing():
        post = Post.objects.drafts().filter(code=capture.code, revision=1).first()
        if post is None:
            return
        post.title = page.title or post.title
        post.link_url = page.url
        publishing.save_draft(post, people=page.authors, by=capture.by)
