"""Safe reading of untrusted paths: never a device or a pipe, never more than a limit."""

import os
import stat
from pathlib import Path

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

READING = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""The flags that open a file without blocking on a pipe; Windows has some of these, Linux others."""


class FileWrong(Refusal):
    """A path leads to no regular file, or to one that is too long."""

    code = "file_wrong"
    sort = Sort.BROKEN
    what = Text("文件有误：{reason}", "{reason}")
    fix = Text(
        "请确认是否为所指的文件，是否已完整收到",
        "Look whether it is the file that you mean, and whether all of it came",
    )


def read_file(path: Path, limit: int) -> bytes:
    """Return a file's bytes; a device or a pipe is none.

    Raises:
        FileWrong: it is no file, or has more than `limit` bytes.
        OSError: it cannot be read.
    """
    with open(os.open(path, READING), "rb") as file:  # noqa: PTH123
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileWrong(str(path), reason=Text("不是文件", "it is no file"))
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FileWrong(str(path), reason=Text(f"超过 {limit:,} 字节", f"it is longer than {limit:,} bytes"))
    return data
