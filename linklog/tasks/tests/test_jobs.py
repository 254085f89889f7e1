"""Jobs: asked for in a transaction, tried again, given up, taken back from who died with them; and the schedule."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linklog.posts.models import Tag
from linklog.tasks import health, worker
from linklog.tasks.models import FIRST_WAIT, KEPT, LEASE, LONGEST_WAIT, Job, PeriodicJob, Worker
from linklog.tasks.tests import trials
from linklog.tasks.worker import Runner

pytestmark = pytest.mark.django_db

SCHEDULE = {"linklog.tasks.tests.trials.tick": 60}


def run_now() -> Job:
    """Run the only job there is, however long it was to wait; that job."""
    Job.objects.update(run_after=timezone.now())
    assert Runner().run_next()
    return Job.objects.get()


def test_a_job_is_asked_for_in_the_transaction_of_the_write() -> None:
    with transaction.atomic():
        trials.write.enqueue("tides")
        transaction.set_rollback(True)
    assert not Runner().run_next()
    with transaction.atomic():
        trials.write.enqueue("tides")
    assert Runner().run_next()
    assert Tag.objects.get().slug == "tides"
    assert Job.objects.successful().count() == 1


def test_looking_for_something_to_do_writes_nothing_and_locks_nothing(settings: Any) -> None:
    settings.LINKLOG_SCHEDULE = SCHEDULE
    runner = Runner()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert not runner.run_next()
        runner.run_schedule()
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["SELECT", "SELECT"]


def test_a_job_that_fails_is_tried_again_later_and_given_up_at_last() -> None:
    trials.refuse.enqueue("letters")
    job = run_now()
    assert (job.status, job.tries, job.tries_allowed) == ("READY", 1, 3)
    assert job.error == "ValueError: The other side refuses letters."
    assert "in refuse" in job.traceback
    assert not Runner().run_next()  # it waits
    run_now()
    job = run_now()
    assert (job.status, job.tries) == ("FAILED", 3)
    assert job.error.endswith("refuses letters.")
    assert not Runner().run_next()
    assert "1 background jobs were given up" in health.problems()[0]


def test_a_site_that_stays_silent_is_tried_again_and_is_nobodys_fault() -> None:
    trials.find_silent.enqueue("clocks.example")
    assert run_now().status == "READY"
    job = run_now()
    assert (job.status, job.tries, job.error.endswith("does not answer.")) == ("SUCCESSFUL", 2, True)
    assert health.problems() == []


def test_each_wait_is_longer_than_the_last_and_none_is_endless() -> None:
    trials.write.enqueue("tides")
    waits = []
    for tries in (1, 2, 3, 4, 12, 40):
        Job.objects.update(status="RUNNING", started_at=timezone.now(), worker_ids=["one"] * tries)
        Job.objects.get().fail(ValueError())
        waits.append(Job.objects.get().run_after - timezone.now())
    assert waits[:4] == sorted(waits[:4])
    assert FIRST_WAIT * 0.7 < waits[0] < FIRST_WAIT * 1.3
    assert LONGEST_WAIT * 0.7 < waits[-1] < LONGEST_WAIT * 1.3


def test_a_job_whose_function_is_gone_is_a_failure_like_any_other() -> None:
    trials.write.enqueue("tides")
    Job.objects.update(task_path="linklog.tasks.tests.trials.renamed_since")
    job = run_now()
    assert (job.status, str(job)) == ("READY", "renamed_since")
    assert "renamed_since" in job.error


def test_a_job_of_a_worker_that_is_no_more_is_taken_back_and_what_it_says_later_is_not_heard() -> None:
    trials.write.enqueue("tides")
    Worker.objects.create(name="alive", seen=timezone.now())
    Job.objects.get().claim("alive")
    Runner().beat()
    taken: Any = Job.objects.get()
    assert taken.status == "RUNNING"

    Worker.objects.filter(name="alive").update(seen=timezone.now() - LEASE)
    Runner().beat()
    job: Any = Job.objects.get()
    assert (job.status, job.error) == ("READY", "linklog.tasks.models.WorkerLost: The worker ended before the job did.")

    job.claim("another")
    taken.run()  # it was only asleep
    assert Job.objects.get().status == "RUNNING"
    job.run()
    assert (Job.objects.get().status, Tag.objects.count()) == ("SUCCESSFUL", 1)


def test_jobs_are_tried_as_if_for_the_first_time_when_somebody_says_so() -> None:
    trials.refuse.enqueue("letters")
    for _try in range(3):
        run_now()
    assert Job.objects.try_again() == 1
    assert (Job.objects.get().status, Job.objects.get().tries) == ("READY", 0)
    Job.objects.get().claim("alive")
    assert Job.objects.try_again() == 0


def test_who_waits_for_too_long_is_seen() -> None:
    trials.write.enqueue("tides")
    assert (health.problems(), health.facts()["jobs waiting"]) == ([], 1)
    Job.objects.update(enqueued_at=timezone.now() - dt.timedelta(minutes=6))
    assert "Does linklog serve or linklog worker run?" in health.problems()[0]


def test_what_is_over_is_forgotten_after_some_days() -> None:
    for name in ("old", "new"):
        trials.write.enqueue(name)
    trials.refuse.enqueue("letters")
    Runner().run_waiting()
    Job.objects.update(finished_at=timezone.now() - KEPT)
    Job.objects.filter(args_kwargs__args=["new"]).update(finished_at=timezone.now())
    Worker.objects.create(name="gone", seen=timezone.now() - KEPT)
    worker.prune()
    assert sorted(job.args_kwargs["args"][0] for job in Job.objects.all()) == ["letters", "new"]
    assert not Worker.objects.exists()


def test_an_entry_of_the_schedule_is_for_one_worker_and_once_in_its_time(settings: Any) -> None:
    settings.LINKLOG_SCHEDULE = SCHEDULE
    PeriodicJob.follow_settings()
    [one], [other] = PeriodicJob.objects.due(), PeriodicJob.objects.due()
    assert one.take()
    assert not other.take()
    Runner().run_schedule()
    assert Tag.objects.count() == 0  # its time has not come again
    PeriodicJob.objects.update(next_run=timezone.now() - dt.timedelta(hours=5))  # nothing ran for a while
    Runner().run_schedule()
    Runner().run_schedule()
    assert Tag.objects.count() == 1


def test_an_entry_that_fails_goes_on_and_is_seen(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LINKLOG_SCHEDULE = {"linklog.tasks.tests.trials.fail_to_tick": 60}
    PeriodicJob.follow_settings()
    for _turn in range(2):
        PeriodicJob.objects.update(next_run=timezone.now())
        Runner().run_schedule()
    periodic = PeriodicJob.objects.get()
    assert (periodic.failures, periodic.error) == (2, "OSError: The clock has stopped.")
    assert "fail_to_tick failed 2 times in a row: OSError: The clock has stopped." in health.problems()[0]
    monkeypatch.setattr(trials, "fail_to_tick", trials.tick)
    PeriodicJob.objects.update(next_run=timezone.now())
    Runner().run_schedule()
    assert health.problems() == []


def test_the_table_follows_the_schedule_of_the_settings(settings: Any) -> None:
    settings.LINKLOG_SCHEDULE = {"gone": 10, "linklog.tasks.tests.trials.tick": 10}
    PeriodicJob.follow_settings()
    settings.LINKLOG_SCHEDULE = SCHEDULE
    PeriodicJob.follow_settings()
    assert [periodic.path for periodic in PeriodicJob.objects.all()] == list(SCHEDULE)


def test_what_the_schedule_of_another_version_names_is_left_to_its_workers(settings: Any) -> None:
    settings.LINKLOG_SCHEDULE = SCHEDULE
    PeriodicJob.objects.create(path="linklog.newer.thing")
    Runner().run_schedule()
    assert PeriodicJob.objects.get().failures == 0


def test_a_worker_whose_job_hangs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LONGEST_SECONDS", -1)
    monkeypatch.setattr(worker.os, "_exit", lambda code: ended.append(code))
    ended: list[int] = []
    runner = Runner()
    runner.beat()
    assert ended == []
    with runner._busy():
        runner.beat()
    assert ended == [1]
