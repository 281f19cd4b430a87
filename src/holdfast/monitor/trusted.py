"""The trust policy of a monitor, from its file."""

from pathlib import Path

from holdfast.kernel.text import Text
from holdfast.trail import policy
from holdfast.trail.policy import MAX_POLICY, BadTrust, Trust
from holdfast.trail.reading import read_file


def trust_in(path: Path) -> Trust:
    """Return the policy in a file.

    Raises:
        BadTrust: it is none.
        FileWrong: it is no file, or too long.
        OSError: it cannot be read.
    """
    try:
        return policy.read(read_file(path, MAX_POLICY))
    except UnicodeEncodeError as error:
        raise BadTrust(Text("其中有名称不是 UTF-8", "a name in it is not UTF-8")) from error
