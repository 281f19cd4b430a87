"""A process beside the one that measures, and the pipe between them."""

import multiprocessing
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from holdfast.kernel import interrupt
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

_END_SECONDS = 10


class ProcessFailed(Refusal):
    """A process that was to run beside the measurement did not."""

    code = "bench_process_failed"
    sort = Sort.TROUBLE
    what = Text(
        "应当{doing}的进程以退出码 {code} 结束", "the process that should {doing} ended with exit code {code}"
    )
    fix = Text(
        "请看上方它的输出；它须运行完毕，数字才算数",
        "Read above what it said; the figure needs it to run to its end",
    )


class Beside:
    """Another process, as this one sees it. It ends when the pipe is closed."""

    def __init__(self, doing: Text, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self._doing = doing
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_uninterrupted, args=(work, theirs, *arguments), daemon=True)
        with interrupt.Starting():
            self._process.start()
        theirs.close()

    def tell(self, what: object) -> None:
        """Say something to it.

        Raises:
            ProcessFailed: it has ended.
        """
        try:
            self._pipe.send(what)
        except OSError as error:
            raise self._failed() from error

    def hear(self) -> Any:
        """Wait until it says something.

        Raises:
            ProcessFailed: it has ended.
        """
        try:
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._failed() from error

    def has_said(self) -> bool:
        """Tell whether there is something to hear, or it has ended."""
        return self._pipe.poll()

    def end(self) -> None:
        """Let it end, or make it."""
        self._pipe.close()
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _failed(self) -> ProcessFailed:
        self._process.join(_END_SECONDS)
        return ProcessFailed("--only", doing=self._doing, code=self._process.exitcode)


def _uninterrupted(work: Callable[..., None], pipe: Any, *arguments: object) -> None:
    """Do the work; Ctrl-C is for the process that measures, which then closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work(pipe, *arguments)
    except EOFError:
        pipe.close()


@contextmanager
def beside(doing: Text, work: Callable[..., None], *arguments: object) -> Generator[Beside]:
    """Run work(pipe, *arguments) in a process of its own until the block ends.

    Args:
        doing: what it does, for the message where it fails.
        work: a function of a module.
        arguments: plain values.
    """
    other = Beside(doing, work, arguments)
    try:
        yield other
    finally:
        other.end()
