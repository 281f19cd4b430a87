"""The names of files in a package, and the checks that none of them tricks a machine.

bagit.txt  bag-info.txt  manifest-sha256.txt  manifest-sm3.txt  tagmanifest-sha256.txt
data/cover.html                     for people
data/custody.json                   who had what when, as the facts say
data/policy                         whom the package asks to believe
data/evidence/<sha256>.<ending>     the files themselves
data/facts/<fact id>.json           openings; of facts without a receipt, the fact alone
data/receipts/<fact id>.tlog-proof  receipts
data/timestamps/covered.txt         what was timestamped, and <name>.tsr, the answers
"""

import re
from collections.abc import Iterable

from holdfast.kernel.text import Text
from holdfast.trail.bag.refusals import BagFileUnexpected, BagPathsCollide, BagPathUnsafe

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST_SHA256 = "manifest-sha256.txt"
MANIFEST_SM3 = "manifest-sm3.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
TAGS = (BAGIT, BAG_INFO, MANIFEST_SHA256, MANIFEST_SM3)
"""The files that the tag manifest names: all but itself and the payload."""

PAYLOAD = "data/"
COVER = "data/cover.html"
CUSTODY = "data/custody.json"
POLICY = "data/policy"
EVIDENCE = "data/evidence/"
FACTS = "data/facts/"
RECEIPTS = "data/receipts/"
TIMESTAMPS = "data/timestamps/"
COVERED = "data/timestamps/covered.txt"

_FACT = re.compile(r"data/facts/([0-9a-f]{32})\.json")
_RECEIPT = re.compile(r"data/receipts/([0-9a-f]{32})\.tlog-proof")
_EVIDENCE = re.compile(r"data/evidence/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_STAMP = re.compile(r"data/timestamps/([a-z0-9-]{1,40})\.tsr")
_SINGLE = {*TAGS, TAG_MANIFEST, COVER, CUSTODY, POLICY, COVERED}
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_LONGEST = 200
_DRIVE = re.compile(r"[A-Za-z]:")


def check_name(name: str) -> None:
    """Refuse a name that could lead out of the package, or mean something else on another machine.

    Raises:
        BagPathUnsafe: it is one.
    """
    reason = _unsafe(name)
    if reason is not None:
        raise BagPathUnsafe("package", name=name[:_LONGEST], reason=reason)


def _unsafe(name: str) -> Text | None:
    if len(name) > _LONGEST:
        return Text(f"超过 {_LONGEST} 个字符", f"has more than {_LONGEST} characters")
    if name.startswith("/") or _DRIVE.match(name):
        return Text("从磁盘的根开始", "begins at the root of a disk")
    if "\\" in name:
        return Text("含有反斜杠", "has a backslash")
    parts = name.split("/")
    if ".." in parts:
        return Text("通往包外的上级文件夹", "goes up, out of the package")
    if not all(map(_PLAIN.fullmatch, parts)) or any(part.endswith(".") for part in parts):
        return Text(
            "含有 ASCII 字母、数字、点、横线和下划线以外的字符，或有一段为空",
            "has more than letters, digits, dots, dashes and underscores of ASCII, or an empty part",
        )
    return None


def check_distinct(names: Iterable[str]) -> None:
    """Refuse names that are one where letters' case does not count.

    Raises:
        BagPathsCollide: there are such.
    """
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(name.lower(), name)
        if first is not name:
            raise BagPathsCollide("package", first=first, second=name)


def check_expected(names: Iterable[str]) -> None:
    """Refuse files that have no place in a package.

    Raises:
        BagFileUnexpected: there is one.
    """
    for name in names:
        if name not in _SINGLE and not any(
            form.fullmatch(name) for form in (_FACT, _RECEIPT, _EVIDENCE, _STAMP)
        ):
            raise BagFileUnexpected(name)


def facts_in(names: Iterable[str]) -> dict[str, str]:
    """Return the names of facts' files, by the facts' ids, ascending."""
    return _by_key(_FACT, names)


def receipts_in(names: Iterable[str]) -> dict[str, str]:
    """Return the names of receipts, by the facts' ids."""
    return _by_key(_RECEIPT, names)


def evidence_in(names: Iterable[str]) -> dict[str, str]:
    """Return the names of files of evidence, by their hashes."""
    return _by_key(_EVIDENCE, names)


def stamps_in(names: Iterable[str]) -> dict[str, str]:
    """Return the names of timestamps, by their names without the ending."""
    return _by_key(_STAMP, names)


def _by_key(form: re.Pattern[str], names: Iterable[str]) -> dict[str, str]:
    """Return names by their keys (an id or a hash), and refuse two with one key: none is passed over.

    Raises:
        BagFileUnexpected: two names have one key.
    """
    found: dict[str, str] = {}
    for name in sorted(names):
        if (match := form.fullmatch(name)) is None:
            continue
        if match[1] in found:
            raise BagFileUnexpected(name)
        found[match[1]] = name
    return found


def is_stamped(name: str) -> bool:
    """Tell whether the timestamps cover a file: all that is proof, not the cover and not themselves."""
    return name.startswith(PAYLOAD) and name != COVER and not name.startswith(TIMESTAMPS)
