"""The command `holdfast-verify FILE…`: it prints what is proven, and what is not, in plain words.

Exit codes: 0 all was checked and nothing is wrong, 1 something is or could not be checked, 2 used wrongly,
130 interrupted by Ctrl-C.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from holdfast.kernel.clock import SystemClock, parse
from holdfast.kernel.interrupt import INTERRUPTED, STARTING
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import LANGUAGES
from holdfast.trail import policy
from holdfast.trail.findings import Finding, forgive, plain
from holdfast.trail.policy import MAX_POLICY
from holdfast.trail.reading import read_file
from holdfast.verify import words
from holdfast.verify.checking import Asked, Checked, check
from holdfast.verify.refusals import BadTime, FileMissing

WRONG = 1

Lang = Literal["zh", "en", "both"]

_PROMISE_KEY = "promise.vkey"
_MAX_KEY = 10_000
_MAX_ROOT = 100_000


class Options(NamedTuple):
    """The command line. `lang` is zh, en or both."""

    files: Sequence[str]
    policy: Path | None = None
    log: Path | None = None
    promise_key: Path | None = None
    tsa_root: Sequence[Path] = ()
    newer_than: str | None = None
    lang: Lang = "both"
    as_json: bool = False


def main() -> None:
    """Run the command of its own, and end with its exit code."""
    sys.exit(run(_options(sys.argv[1:])))


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="holdfast-verify",
        description="Verify receipts, openings, checkpoints, promises and packages of evidence: offline.",
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="what was handed over; what it is, its bytes tell")
    add(
        "--policy",
        type=Path,
        metavar="FILE",
        help="whom to believe: the log's trust policy (c2sp.org/tlog-policy)",
    )
    add("--log", type=Path, metavar="DIR", help="the files of the log (c2sp.org/tlog-tiles)")
    add("--promise-key", type=Path, metavar="FILE", help=f"default: {_PROMISE_KEY} beside the policy")
    add(
        "--tsa-root",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="an authority's certificate",
    )
    add("--newer-than", metavar="ISO", help="refuse heads that enough witnesses have not seen since")
    add("--lang", choices=("zh", "en", "both"), default="both")
    add("--json", dest="as_json", action="store_true", help="write one JSON document to stdout")
    return Options(**vars(parser.parse_intermixed_args(arguments)))


def run(options: Options) -> int:
    """Check what was asked for, print it, and return the exit code."""
    forgive(sys.stdout)
    try:
        checked = check(options.files, _asked(options))
    except Refusal as refusal:
        checked = [Checked("--", wrong=[refusal])]
    except KeyboardInterrupt:
        sys.stderr.write(STARTING)
        return INTERRUPTED
    if options.as_json:
        sys.stdout.write(json.dumps(_document(checked), indent=2) + "\n")
    else:
        sys.stdout.write(plain(line for one in checked for line in _lines(one, options.lang)))
    sys.stdout.flush()
    return WRONG if any(one.wrong for one in checked) else 0


def _asked(options: Options) -> Asked:
    trust = None if options.policy is None else policy.read(_read(options.policy, MAX_POLICY))
    key = options.promise_key
    if key is None and options.policy is not None:
        beside = options.policy.parent / _PROMISE_KEY
        key = beside if beside.is_file() else None
    vkey = None if key is None else _read(key, _MAX_KEY).decode("utf-8", "replace").strip()
    roots = [_read(path, _MAX_ROOT) for path in options.tsa_root]
    newer_than = None
    if options.newer_than is not None:
        try:
            newer_than = parse(options.newer_than)
        except (ValueError, OverflowError) as error:
            raise BadTime("--newer-than", text=options.newer_than[:80]) from error
    return Asked(trust, options.log, vkey, roots or None, newer_than, SystemClock().now())


def _read(path: Path, limit: int) -> bytes:
    try:
        return read_file(path, limit)
    except (OSError, ValueError) as error:
        raise FileMissing(str(path), reason=told_by_system(error)) from error


def _lines(one: Checked, lang: Lang) -> list[str]:
    lines = [one.file]
    for finding in one.findings:
        lines += _told("✓" if finding.proven else "?", finding, lang)
    for refusal in one.wrong:
        lines += _refused(refusal, one.file, lang)
    return lines


def _refused(refusal: Refusal, file: str, lang: Lang) -> list[str]:
    """Print why a file is wrong; or why nothing was checked, which says nothing against the file."""
    sign = "✗" if words.checked(refusal) else "?"
    where = "" if refusal.where == file else f"{refusal.where}: "
    verdict, (what, fix) = words.verdict(refusal), refusal.record().told()
    lines: list[str] = []
    for number, language in enumerate(LANGUAGES if lang == "both" else (lang,)):
        code = "" if number else f" [{refusal.code}]"
        mark, stop = " " if number else sign, "。" if language == "zh" else "."
        lines += [
            f"  {mark} {verdict.of(language)}{where}{what.of(language)}{stop}{code}",
            f"    {fix.of(language)}{stop}",
        ]
    return lines


def _told(sign: str, finding: Finding, lang: Lang) -> list[str]:
    texts = {"zh": [finding.zh], "en": [finding.en], "both": [finding.zh, finding.en]}[lang]
    return [f"  {sign if not number else ' '} {text}" for number, text in enumerate(texts)]


def _document(checked: Sequence[Checked]) -> dict[str, object]:
    return {
        "fine": not any(one.wrong for one in checked),
        "files": [
            {
                "file": one.file.encode("utf-8", "replace").decode(),
                "findings": [finding._asdict() for finding in one.findings],
                "refusals": [_record(refusal) for refusal in one.wrong],
            }
            for one in checked
        ],
    }


def _record(refusal: Refusal) -> dict[str, str | bool]:
    return {**refusal.record().document(), "checked": words.checked(refusal)}
