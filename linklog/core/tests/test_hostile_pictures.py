"""Files made to do harm: each gets one clear sentence, or becomes a clean picture, with little memory and soon."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from linklog.core.pictures.sentences import SENTENCES
from linklog.core.pixels.problem import Problem
from linklog.core.tests.hostile_pictures import CLEANED, REFUSED, SCRIPT

pytestmark = pytest.mark.xdist_group("hostile pictures")  # so that one worker makes them, once
MOST_MEMORY = 300_000_000  # bytes
MOST_SECONDS = 10  # of the processor; nearly all take a tenth of one

# Of a process that a large one forks, the system counts the large one's memory as well: so a small one starts them.
START = """
import json, os, resource, subprocess, sys
for name in os.listdir(sys.argv[1]):
    out = os.path.join(sys.argv[2], name)
    os.mkdir(out)
    order = {"task": "main", "source": os.path.join(sys.argv[1], name), "folder": out, "parent": os.getpid()}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-I", "-m", "linklog.core.pixels", json.dumps(order)], env={}, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([name, json.loads(done.stdout), seconds, after.ru_maxrss * 1024, os.listdir(out)]))
"""


@dataclass
class Outcome:
    answer: dict[str, object]
    seconds: float  # of the processor
    memory: int  # bytes, the most that this one or one before it took
    files: list[Path]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    sources, out = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("made")
    names = [*REFUSED, *CLEANED]
    for number, make in enumerate([*(make for make, _words in REFUSED.values()), *CLEANED.values()]):
        (sources / str(number)).write_bytes(make())
    command = [sys.executable, "-I", "-c", START, sources, out]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {
        names[int(number)]: Outcome(answer, seconds, memory, [out / number / file for file in files])
        for number, answer, seconds, memory, files in map(json.loads, lines)
    }


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_gets_one_clear_sentence(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[name]
    assert "problem" in outcome.answer
    assert REFUSED[name][1] in SENTENCES[Problem(str(outcome.answer["problem"]))], outcome.answer
    assert not outcome.files


@pytest.mark.parametrize("name", CLEANED)
def test_an_odd_image_comes_out_clean(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[name]
    (file,) = outcome.files
    made = file.read_bytes()
    for left in (SCRIPT[:20], b"alert", b"PK\x03\x04", b"%PDF", b"Exif", b"ICC_PROFILE", b"iCCP", b"tEXt"):
        assert left not in made


def test_hostile_files_need_little_memory_and_time(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) >= 40
    assert max(outcome.memory for outcome in outcomes.values()) < MOST_MEMORY
    slowest = max(outcomes, key=lambda name: outcomes[name].seconds)
    assert outcomes[slowest].seconds < MOST_SECONDS, slowest


def test_every_problem_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Problem) - {Problem.NO_ROOM}
    for sentence in SENTENCES.values():
        assert sentence.endswith(".")
        assert len(sentence) < 120
