"""The trust policy: the trusted logs and witnesses, and the quorum for a head (c2sp.org/tlog-policy).

log <vkey> [<url>]
witness <name> <vkey> [<url>]
group <name> all|any|<k> <name>...
quorum <name>|none
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.cosignature import WitnessVerifier
from holdfast.trail.keys import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    ED25519,
    LogVerifier,
    parse_vkey,
)
from holdfast.trail.note import BadNote, Note, verified

NONE = "none"
MAX_POLICY = 100_000

_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")


class BadTrust(Refusal):
    """A file is no trust policy."""

    code = "bad_trust_policy"
    sort = Sort.MALFORMED
    what = Text("信任名单的格式有误：{reason}", "{reason}")
    fix = Text(
        "格式见 c2sp.org/tlog-policy",
        "Write it as c2sp.org/tlog-policy has it: log, witness, group and quorum lines",
    )

    def __init__(self, reason: Text, line: int | None = None) -> None:
        """Refuse a policy, at a line where one is meant."""
        super().__init__("trust policy" if line is None else f"trust policy, line {line}", reason=reason)


class Untrusted(Refusal):
    """A checkpoint is not accepted by the policy."""

    code = "untrusted"
    sort = Sort.BROKEN
    what = Text("签名不符合信任名单：{reason}", "{reason}")
    fix = Text(
        "请索取有更多见证人签名的较新收据，或确认信任名单是否正确",
        "Ask for a later receipt, with more cosignatures, or look whether the policy is the right one",
    )

    def __init__(self, reason: Text) -> None:
        """Refuse a checkpoint for a reason."""
        super().__init__("checkpoint", reason=reason)


class Group(NamedTuple):
    """A threshold group: at least `least` of its members, witnesses or groups, must have cosigned."""

    least: int
    members: tuple[str, ...]


class Trust(NamedTuple):
    """A parsed trust policy."""

    logs: tuple[LogVerifier, ...]
    witnesses: dict[str, WitnessVerifier]
    groups: dict[str, Group]
    quorum: str

    def check(self, note: Note) -> tuple[Checkpoint, list[str]]:
        """Return the checkpoint in a note, and the names of the witnesses that cosigned it.

        Raises:
            BadNote: it is no checkpoint, or has a wrong signature of a key that is trusted.
            Untrusted: no log of the policy signed it, or too few witnesses.
        """
        found = checkpoint.of(note)
        logs = [log for log in self.logs if log.name == found.origin]
        if not verified(note, logs):
            raise Untrusted(
                Text(
                    f"名单中没有日志签署了 {found.origin} 的树头",
                    f"no log of the policy signed the checkpoint of {found.origin}",
                )
            )
        saw = verified(note, self.witnesses.values())
        names = [name for name, witness in self.witnesses.items() if witness in saw]
        if not self.is_met(names):
            raise Untrusted(
                Text(
                    f"名单中有 {len(names)} 个见证人签署了树头，不足法定数",
                    f"{len(names)} of its witnesses cosigned the checkpoint: no quorum",
                )
            )
        return found, names

    def is_met(self, names: Iterable[str]) -> bool:
        """Tell whether these witnesses, by their names in the policy, are a quorum."""
        met = set(names)
        for name, group in self.groups.items():  # members are defined above their group
            if sum(member in met for member in group.members) >= group.least:
                met.add(name)
        return self.quorum == NONE or self.quorum in met

    def outweighs(self, names: Iterable[str]) -> bool:
        """Tell whether these witnesses intersect every quorum: the others alone are too few for one.

        One of these has then seen every checkpoint that was ever published. Where no witness is required
        there is no such set.
        """
        return not self.is_met(self.witnesses.keys() - set(names))


class _Reading:
    """A parser of a policy, line by line."""

    def __init__(self) -> None:
        self.logs: list[LogVerifier] = []
        self.witnesses: dict[str, WitnessVerifier] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._taken: set[str] = set()

    def log(self, words: list[str]) -> None:
        if len(words) not in {1, 2}:
            raise BadTrust(Text("应写作 log <vkey> [<url>]", "write: log <vkey> [<url>]"))
        key = parse_vkey(words[0])
        if key.kind != ED25519:
            raise BadTrust(
                Text(
                    f"日志的密钥类型为 {key.kind:#04x}，所知的是 {ED25519:#04x}",
                    f"the key of a log has type {key.kind:#04x}, known is {ED25519:#04x}",
                )
            )
        if any(key.public == known.key.public for known in self.logs):
            raise BadTrust(Text(f"{key.name} 的密钥出现了两次", f"the key of {key.name} stands twice"))
        self.logs.append(LogVerifier(key))

    def witness(self, words: list[str]) -> None:
        if len(words) not in {2, 3}:
            raise BadTrust(
                Text("应写作 witness <name> <vkey> [<url>]", "write: witness <name> <vkey> [<url>]")
            )
        name, key = self._new(words[0]), parse_vkey(words[1])
        if key.kind not in {COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44}:
            raise BadTrust(
                Text(
                    f"见证人的密钥类型为 {key.kind:#04x}，所知的是 0x04 和 0x06",
                    f"the key of a witness has type {key.kind:#04x}, known are 0x04 and 0x06",
                )
            )
        if any(key.public == known.key.public for known in self.witnesses.values()):
            raise BadTrust(Text(f"{key.name} 的密钥出现了两次", f"the key of {key.name} stands twice"))
        self.witnesses[name] = WitnessVerifier(key)

    def group(self, words: list[str]) -> None:
        if len(words) < 3:  # noqa: PLR2004 - a name, a number and a member
            raise BadTrust(
                Text("应写作 group <name> all|any|<k> <name>...", "write: group <name> all|any|<k> <name>...")
            )
        name, rule, *members = words
        self._new(name)
        for member in members:
            self._defined(member)
            if member in self._taken:
                raise BadTrust(Text(f"{member} 已是成员", f"{member} is a member already"))
            self._taken.add(member)
        least = {"all": len(members), "any": 1}.get(rule)
        if least is None:
            if not re.fullmatch(r"[1-9][0-9]{0,5}", rule) or int(rule) > len(members):
                raise BadTrust(
                    Text(
                        f"{rule!r} 既不是 all、any，也不是 1 至 {len(members)} 的数",
                        f"{rule!r} is neither all, any nor a number from 1 to {len(members)}",
                    )
                )
            least = int(rule)
        self.groups[name] = Group(least, tuple(members))

    def choose(self, words: list[str]) -> None:
        if len(words) != 1 or self.quorum is not None:
            raise BadTrust(Text("应写一行 quorum <name>", "write one line: quorum <name>"))
        if words[0] != NONE:
            self._defined(words[0])
        self.quorum = words[0]

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BadTrust(Text(f"名称 {name} 已被使用", f"the name {name} is taken"))
        return name

    def _defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadTrust(Text(f"{name} 在上文没有定义", f"{name} is not defined above"))


def read(data: bytes) -> Trust:
    """Read a policy.

    Raises:
        BadTrust: it is not a policy; the text names the line.
    """
    if b"\r\n" in data or data.startswith(b"\xef\xbb\xbf"):
        raise BadTrust(
            Text(
                "行尾为 CR LF，或开头有标记：请存为纯文本，行尾用 LF",
                "its lines end with CR LF, or it begins with a mark: save it as plain text, LF",
            )
        )
    if len(data) > MAX_POLICY or not _ALLOWED.fullmatch(data):
        raise BadTrust(
            Text("信任名单是文本，最多 100,000 字节", "a policy is text, of 100,000 bytes at most")
        )
    reading = _Reading()
    readers: dict[str, Callable[[list[str]], None]] = {
        "log": reading.log,
        "witness": reading.witness,
        "group": reading.group,
        "quorum": reading.choose,
    }
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        if words[0] not in readers:
            known = Text("、".join(readers), ", ".join(readers))
            raise BadTrust(
                Text("{word!r} 不是 {known} 之一", "{word!r} is none of {known}").fill(
                    word=words[0], known=known
                ),
                number,
            )
        try:
            readers[words[0]](words[1:])
        except (BadTrust, BadNote) as error:
            raise BadTrust(error.told(), number) from error
        except UnicodeEncodeError as error:
            raise BadTrust(Text("不是 UTF-8", "it is not UTF-8"), number) from error
    if reading.quorum is None:
        raise BadTrust(
            Text(
                "没有 quorum 行；不要求见证人的，写 quorum none",
                "it has no quorum line; quorum none asks for no witness",
            )
        )
    return Trust(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


def urls(data: bytes) -> dict[str, str]:
    """Return the URLs of a policy's witnesses, by their names in it, as far as it has some.

    Raises:
        BadTrust: see `read`.
    """
    read(data)
    lines = (re.split(r"[ \t]+", line.strip(" \t")) for line in data.decode("utf-8", "replace").split("\n"))
    return {words[1]: words[3] for words in lines if words[0] == "witness" and len(words) > 3}  # noqa: PLR2004
