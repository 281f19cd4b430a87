"""What is told of a long job: on a terminal by bars, elsewhere in lines, with the time that is left."""

import io
import sys
import threading

import pytest
from typing_extensions import override

from holdfast.cli import progress
from holdfast.cli.progress import WHOLE, Course, bars, span
from waiting import GUARD_SECONDS


def test_the_time_that_is_left_is_that_of_the_parts_to_come() -> None:
    course = Course(100.0)
    course.plan({"short": 1.0, "long": 3.0}, 100.0)
    course.tell("short", 0.0, 100.0)
    assert course.left(WHOLE, 130.0) is None
    course.tell("short", 1.0, 160.0)
    assert course.left("short", 160.0) == 0
    assert course.left(WHOLE, 160.0) == pytest.approx(180)
    course.tell("long", 0.0, 160.0)
    course.tell("long", 1 / 3, 220.0)
    assert course.left("long", 220.0) == pytest.approx(120)
    assert course.left(WHOLE, 220.0) == pytest.approx(120)
    assert course.line(220.0) == "long 33%, 全部 all 50%: 已用 2:00 so far, 约剩 about 2:00 left"


def test_what_a_run_that_was_broken_off_had_finished_tells_of_no_speed() -> None:
    course = Course(0.0)
    course.plan({"runs": 1.0}, 0.0)
    course.tell("runs", 0.5, 1.0)
    assert course.left(WHOLE, 1.0) is None
    course.tell("runs", 0.6, 101.0)
    assert course.left("runs", 101.0) == pytest.approx(400)
    assert course.left(WHOLE, 101.0) == pytest.approx(404)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0:00"), (65, "1:05"), (3_599.7, "1:00:00"), (7_265, "2:01:05")]
)
def test_a_span_is_written_for_people(seconds: float, told: str) -> None:
    assert span(seconds) == told


def test_off_a_terminal_lines_say_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0001)
    with bars(quiet=False, doing="counting") as shown:
        said = ""
        while "counting" not in said:
            said += capsys.readouterr().err
        shown.tell("sheep", 0.25)
        while "sheep 25%" not in said:
            said += capsys.readouterr().err
        shown.say("one was black")
    assert "one was black" in said + capsys.readouterr().err
    assert capsys.readouterr().out == ""
    with bars(quiet=True, doing="counting") as shown:
        shown.plan({"sheep": 1.0})
        shown.tell("sheep", 0.5)
        shown.say("one was black")
    assert capsys.readouterr() == ("", "")


class Closed(io.StringIO):
    """What nobody reads any more."""

    def __init__(self) -> None:
        super().__init__()
        self.tried = threading.Event()

    @override
    def write(self, _text: str, /) -> int:
        self.tried.set()
        raise BrokenPipeError


def test_a_job_goes_on_where_nobody_reads_its_lines_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Closed()
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0001)
    monkeypatch.setattr(sys, "stderr", stderr)
    with bars(quiet=False, doing="counting") as shown:
        assert stderr.tried.wait(GUARD_SECONDS)
        shown.tell("sheep", 1.0)
