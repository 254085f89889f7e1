"""How the site's own media stand in the HTML of posts."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linklog.images.models import MediaFile
from linklog.images.showing import path_of as path_in_storage
from linklog.images.showing import shown
from linklog.images.tests.rows import Role, make_image, make_rendition, path_of, reference
from linklog.posts.rendering import render_markdown
from tests.builders import make_post

pytestmark = pytest.mark.django_db


def test_an_image_comes_in_all_widths_and_formats() -> None:
    make_image(credit_url="https://page.example/a")
    assert render_markdown(reference(alt="A clock", title="A page"), "x").html == (
        "<figure><picture>"
        f'<source type="image/webp" srcset="/media/{path_of("ab2", "webp")} 600w" sizes="(max-width: 40rem) calc(100vw - 2.3rem), 37.5rem">'
        f'<img src="/media/{path_of("ab")}" alt="A clock" srcset="/media/{path_of("ab1")} 600w, /media/{path_of("ab")} 1200w"'
        ' sizes="(max-width: 40rem) calc(100vw - 2.3rem), 37.5rem" width="1200" height="900" loading="lazy" decoding="async">'
        '</picture><figcaption><a href="https://page.example/a">A page</a></figcaption></figure>\n'
    )


def test_a_small_image_is_as_wide_as_it_is() -> None:
    media = MediaFile.objects.create(digest="1", state=MediaFile.State.READY)
    make_rendition(media, Role.MAIN, path_of("cd"), 300)
    html = render_markdown(reference("cd"), "x").html
    assert "srcset" not in html
    assert 'width="300" height="225"' in html


def test_a_former_image_is_shown_as_the_one_in_its_place() -> None:
    make_rendition(make_image(), Role.FORMER, path_of("ef"), None)
    for src in (f"/media/{path_of('ef')}", f"http://localhost:8000/media/{path_of('ef')}"):
        assert shown([src])[src].src == f"/media/{path_of('ab')}"


def test_the_original_and_single_renditions_are_shown_as_they_are_named() -> None:
    make_image()
    small = shown([f"/media/{path_of('ab1')}"])[f"/media/{path_of('ab1')}"]
    assert (small.width, small.srcset, small.sources) == (600, "", ())


def test_media_in_a_bucket_are_named_by_their_public_address(settings: Any) -> None:
    settings.LINKLOG_MEDIA, settings.LINKLOG_MEDIA_URL = "s3://media", "https://cdn.example/m"
    make_image().renditions.update(is_remote=True)
    html = render_markdown(reference(), "x").html
    assert f'src="https://cdn.example/m/{path_of("ab")}"' in html
    assert 'src="/media' not in html
    assert path_in_storage(f"https://cdn.example/m/{path_of('ab')}?x#y") == path_of("ab")


def test_a_film_and_a_sound_have_all_that_belongs_to_them() -> None:
    film = MediaFile.objects.create(digest="1", state=MediaFile.State.READY, kind=MediaFile.Kind.VIDEO, loops=True)
    make_rendition(film, Role.MAIN, path_of("f1", "mp4"), 640, media_type="video/mp4")
    make_rendition(film, Role.POSTER, path_of("f2"), 640)
    make_rendition(film, Role.CAPTIONS, path_of("f3", "vtt"), None, media_type="text/vtt", language="sv")
    sound = MediaFile.objects.create(digest="2", state=MediaFile.State.READY, kind=MediaFile.Kind.AUDIO)
    make_rendition(sound, Role.MAIN, path_of("a1", "m4a"), None, media_type="audio/mp4")
    html = render_markdown(
        f"![Waves](/media/{path_of('f1', 'mp4')})\n\n![Wind](/media/{path_of('a1', 'm4a')})", "x"
    ).html
    assert f'poster="/media/{path_of("f2")}" width="640" height="480" loop="" muted="" playsinline=""' in html
    assert f'<track src="/media/{path_of("f3", "vtt")}" kind="captions" srclang="sv" label="sv">' in html
    assert f'<audio controls="" preload="metadata" src="/media/{path_of("a1", "m4a")}"' in html


def test_one_query_asks_for_all_images_of_a_text_and_none_where_there_are_none() -> None:
    for name in ("ab", "cd", "ef"):
        make_image(name)
    with CaptureQueriesContext(connection) as queries:
        render_markdown("\n\n".join(reference(name) for name in ("ab", "cd", "ef")), "x")
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        render_markdown("![](https://b.example/c.png) [a](/media/b.png)", "x")
    assert len(queries) == 0


@pytest.mark.parametrize("path", ["/atom/everything/", "/rss/everything/", "/json/everything/"])
def test_feeds_hold_whole_addresses_and_the_plain_image(path: str, client: Client) -> None:
    make_image()
    make_post("note", body=reference(alt="A clock"))
    answer = client.get(path)
    assert answer.status_code == 200
    text = unescape(answer.content.decode()).replace("\\", "")
    assert f'src="http://localhost:8000/media/{path_of("ab")}" alt="A clock"' in text
    assert (
        f"http://localhost:8000/media/{path_of('ab1')} 600w, http://localhost:8000/media/{path_of('ab')} 1200w" in text
    )
    assert " /media/" not in text.replace('"/media/', " /media/")


def test_search_and_descriptions_hold_the_same_words_as_without_sizes() -> None:
    plain = make_post("note", body=f"Before {reference(alt='A clock')} after.")
    make_image()
    with_sizes = make_post("note", body=f"Before {reference(alt='A clock')} after.")
    assert plain.description == with_sizes.description == "Before after."
    assert "<picture>" in with_sizes.body_html


def test_only_the_first_image_of_a_posts_own_page_is_loaded_at_once(client: Client) -> None:
    body = '![a > b](/media/a.png)\n\n![](/media/b.png)\n\n`![](c.png) loading="lazy"`'
    post = make_post("note", body=body)
    page, river = (client.get(path).content.decode() for path in (post.get_absolute_url(), "/"))
    assert '<img src="/media/a.png" alt="a &gt; b" decoding="async">' in page.replace("a > b", "a &gt; b")
    assert '<img src="/media/b.png" alt="" loading="lazy" decoding="async">' in page
    assert river.count('loading="lazy" decoding') == 2
    raw = make_post("note", body='<img src="/media/a.png"> `<img src="x" loading="lazy">`')
    assert raw.page_safe == raw.body_html
