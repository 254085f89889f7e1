"""`@job` makes a function one that runs in the background. What a job does it may do twice: its worker can die in the middle."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django_tasks.base import Task, task

P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_TRIES = 5
TRIES: dict[str, int] = {}  # of each job, by its path


class TryLater(Exception):
    """Raised by a job that found another site silent, or something else that nobody here can mend: after its last try it is simply over."""


def job(*, tries: int = DEFAULT_TRIES) -> Callable[[Callable[P, T]], Task[P, T]]:
    """`function.enqueue(…)` within the transaction of a write; arguments are JSON. It is tried so often before it is given up.

    A job runs in no transaction, so that it can call the network. Where its effect must not come twice, a unique key says so.
    """

    def made(function: Callable[P, T]) -> Task[P, T]:
        made_task: Task[P, T] = task(function)
        TRIES[made_task.module_path] = tries
        return made_task

    return made
