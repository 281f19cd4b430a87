"""The logs that a witness watches, given by vkeys, or by a trust policy (c2sp.org/tlog-policy)."""

from collections.abc import Iterable
from pathlib import Path

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.trail import policy
from holdfast.trail.keys import ED25519, LogVerifier, parse_vkey
from holdfast.trail.note import BadNote
from holdfast.trail.policy import MAX_POLICY


class BadWatchedLog(Refusal):
    """An argument is neither a vkey of a log nor a policy with one."""

    code = "bad_watched_log"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = Text(
        "请用 vkey（name+id+base64，类型 0x01）或含 log 行的信任名单文件写明日志",
        "Name a log by its vkey (name+id+base64, type 0x01), or a trust policy file with log lines",
    )


def watched(named: Iterable[str]) -> list[LogVerifier]:
    """Return the logs that are named by vkeys and by paths of policies, each once; witnesses do not count.

    Raises:
        BadWatchedLog: one is neither, its key is not that of a log, or no log is left.
        BadTrust: a file is no policy.
        OSError: a file cannot be read.
    """
    found = dict.fromkeys(log for one in named for log in _logs(one))
    if not found:
        raise BadWatchedLog("logs", reason=Text("没有写明日志", "no log is named"))
    return list(found)


def _logs(named: str) -> tuple[LogVerifier, ...]:
    try:
        key = parse_vkey(named)
    except (BadNote, UnicodeEncodeError) as error:
        if not _is_file(named):
            raise BadWatchedLog(
                repr(named), reason=Text("既不是 vkey，也不是文件", "it is neither a vkey nor a file")
            ) from error
        return _of_policy(Path(named))
    if key.kind != ED25519:
        raise BadWatchedLog(
            key.name,
            reason=Text(
                f"密钥类型为 {key.kind:#04x}，日志的应为 {ED25519:#04x}",
                f"the key has type {key.kind:#04x}, that of a log is {ED25519:#04x}",
            ),
        )
    return (LogVerifier(key),)


def _is_file(named: str) -> bool:
    try:
        return Path(named).exists()
    except (OSError, ValueError):  # too long for a name, or not one at all
        return False


def _of_policy(path: Path) -> tuple[LogVerifier, ...]:
    with path.open("rb") as file:
        data = file.read(MAX_POLICY + 1)
    try:
        return policy.read(data).logs
    except UnicodeEncodeError as error:
        raise BadWatchedLog(
            str(path), reason=Text("其中有名称不是 UTF-8", "a name in it is not UTF-8")
        ) from error
