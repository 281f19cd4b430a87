"""The most memory that this process has had."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_HIGH_WATER = "VmHWM:"
_KILOBYTE = 1024
_RUSAGE_UNIT = 1 if sys.platform == "darwin" else _KILOBYTE


def peak_bytes() -> int:
    """Return the most resident memory of this process so far, in bytes.

    On Linux its own high-water mark: `ru_maxrss` begins with that of the process that started it (execve
    keeps it), so a small process of a large one would be told as large.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith(_HIGH_WATER):
                return int(line.split()[1]) * _KILOBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RUSAGE_UNIT
