"""Pages of a real website, read over the network."""

import pytest

from linklog.capture.reading import read_page
from linklog.core.http import FetchError
from tests.website import COMMIT, Website


def test_a_chain_of_redirects_ends_at_the_page_and_its_own_address(website: Website) -> None:
    found = read_page(f"{website.url}/chain?utm_source=a")
    assert found.url == f"{website.url}/article"
    assert found.authors == ["Ada Bell", "Grace Winter"]


def test_the_part_of_a_page_that_was_meant_stays_in_its_address(website: Website) -> None:
    assert read_page(f"{website.url}/article#teeth").url == f"{website.url}/article#teeth"
    assert read_page(f"{website.url}/article#:~:text=tide").url == f"{website.url}/article"


def test_of_a_page_of_ten_megabytes_the_first_part_is_enough(website: Website) -> None:
    assert read_page(f"{website.url}/big").title == "Brass clocks that know the tide"


def test_a_page_is_read_in_its_own_encoding(website: Website) -> None:
    found = read_page(f"{website.url}/latin1")
    assert found.title == "Tidvatten på Öland"
    assert found.language == "sv"


@pytest.mark.parametrize("path", ["/gone", "/loop", "/picture.png"])
def test_what_is_no_page_is_told_in_a_sentence(website: Website, path: str) -> None:
    with pytest.raises(FetchError) as raised:
        read_page(website.url + path)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    ("path", "pinned"),
    [
        ("/ada/code/blob/main/file.py#L3-L9", f"/ada/code/blob/{COMMIT}/file.py#L3-L9"),
        ("/ada/code/tree/main/src", f"/ada/code/tree/{COMMIT}/src"),
        ("/ada/code/blob/feature/tides/file.py", f"/ada/code/blob/{COMMIT}/file.py"),
        ("/ada/code/blob/v1.0/file.py", ""),
        ("/article", ""),
    ],
)
def test_a_file_on_a_branch_is_offered_at_the_commit_of_now(website: Website, path: str, pinned: str) -> None:
    found = read_page(website.url + path)
    assert found.pinned == (website.url + pinned if pinned else "")
    assert found.notes == []


def test_a_commit_that_the_page_says_is_not_asked_for(website: Website) -> None:
    read_page(f"{website.url}/ada/code/blob/main/file.py")
    assert website.asked == ["/ada/code/blob/main/file.py"]


def test_where_the_commit_cannot_be_found_out_it_is_said(website: Website) -> None:
    found = read_page(f"{website.url}/ada/silent/blob/main/file.py")
    assert found.pinned == ""
    assert found.notes[0].endswith("so the link is not pinned.")


def test_a_video_has_the_words_spoken_in_it(website: Website) -> None:
    assert read_page(f"{website.url}/video").transcript == [
        (1, "The water turns at six. Nobody is up to see it."),
        (90, "Then the boats come in."),
    ]


def test_captions_written_by_a_person_come_before_those_of_a_machine(website: Website) -> None:
    found = read_page(f"{website.url}/watch")
    assert found.transcript == [(0, "The water turns at six."), (90, "Then the boats come in.")]
    assert website.asked[1:] == ["/timedtext?lang=en&fmt=json3"]
    assert found.authors == ["Keeper of the Harbour"]
