"""Worker processes: many at once, told to stop, frozen, killed in the middle of a job."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from linklog.ops.tests.sites import OwnSite

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("jobs", "times"), [(200, 12), pytest.param(1000, 200, marks=pytest.mark.long)])
def test_workers_may_be_stopped_and_killed_all_the_time_and_each_job_is_done_once(
    new_site: Callable[..., OwnSite], jobs: int, times: int
) -> None:
    site = new_site()
    site.linklog("init")
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "linklog.settings"}
    command = [sys.executable, "-m", "linklog.tasks.tests.killing", str(jobs), str(times)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    what = json.loads(done.stdout)
    assert what["states"] == {"wait_for SUCCESSFUL": 1, "write SUCCESSFUL": jobs + 2, "kill_worker FAILED": 1}
    assert what["states after death"] == {"claim": "READY", "_end": "RUNNING"}
    assert what["exit code of the stopped"] == 0
    assert what["effects"] == jobs
    assert what["errors"] == ["", "linklog.tasks.models.WorkerLost: The worker ended before the job did."]
    assert 0 < what["ticks"] <= what["most ticks"]
