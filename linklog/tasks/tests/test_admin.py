"""The admin of what runs in the background."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linklog.tasks.models import Job, PeriodicJob
from linklog.tasks.tests import trials
from linklog.tasks.worker import Runner

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Job:
    """A job that was given up, of the name of markup."""
    trials.refuse.enqueue("<b>letters</b>")
    for _try in range(3):
        Job.objects.update(run_after=timezone.now())
        Runner().run_next()
    return Job.objects.get()


def test_a_failure_shows_what_when_how_often_and_why(failed: Job, admin_client: Client) -> None:
    page = admin_client.get("/admin/tasks/job/?state=FAILED").content.decode()
    assert "refuse" in page
    assert "given up" in page
    assert "3 of 3" in page
    assert "ValueError: The other side refuses &lt;b&gt;letters&lt;/b&gt;." in page
    page = admin_client.get(f"/admin/tasks/job/{failed.pk}/change/").content.decode()
    assert "in refuse" in page
    assert "<b>letters" not in page


def test_a_job_whose_function_is_none_any_more_is_shown(failed: Job, admin_client: Client) -> None:
    Job.objects.update(task_path="linklog.tasks.tests.trials.tick")
    assert "tick" in admin_client.get("/admin/tasks/job/").content.decode()


def test_a_failed_job_can_be_tried_again_or_dropped(failed: Job, admin_client: Client) -> None:
    chosen = {"_selected_action": [str(failed.pk)]}
    answer = admin_client.post("/admin/tasks/job/", {**chosen, "action": "try_again"}, follow=True)
    assert "1 job is tried again." in answer.content.decode()
    assert (Job.objects.get().status, Job.objects.get().tries) == ("READY", 0)
    admin_client.post("/admin/tasks/job/", {**chosen, "action": "delete_selected", "post": "yes"})
    assert not Job.objects.exists()


def test_jobs_are_neither_made_nor_changed_by_hand(failed: Job, admin_client: Client) -> None:
    assert admin_client.get("/admin/tasks/job/add/").status_code == 403
    admin_client.post(f"/admin/tasks/job/{failed.pk}/change/", {"status": "READY"})
    assert Job.objects.get().status == "FAILED"


def test_the_schedule_is_shown_with_its_failures(settings: Any, admin_client: Client) -> None:
    settings.LINKLOG_SCHEDULE = {"linklog.tasks.tests.trials.fail_to_tick": 60}
    PeriodicJob.follow_settings()
    Runner().run_schedule()
    page = admin_client.get("/admin/tasks/periodicjob/").content.decode()
    assert "fail_to_tick" in page
    assert "OSError: The clock has stopped." in page


def test_the_library_has_no_page_of_its_own(admin_client: Client) -> None:
    assert admin_client.get("/admin/django_tasks_database/dbtaskresult/").status_code == 404
