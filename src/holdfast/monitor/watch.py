"""One run of a monitor: read the head, look for a second story, rebuild the root, check the rules."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.monitor import compare, openings, source, state
from holdfast.monitor.compare import Head, Relation
from holdfast.monitor.openings import Twice
from holdfast.monitor.rebuild import Tell, rebuild
from holdfast.monitor.refusals import BadLogPlace
from holdfast.monitor.rules import ENDED_WITHIN, SENTENCES, Breach, Rule, Rules
from holdfast.monitor.source import Log
from holdfast.monitor.state import Verified
from holdfast.trail.findings import Finding, proven, unproven
from holdfast.trail.folder import Folder
from holdfast.trail.growth import Growth
from holdfast.trail.note import parse
from holdfast.trail.policy import Trust

_PLACES = 5

LISTED = 1_000
"""The number of faults that a report lists; more are counted."""

_NOT_COMPARED = Text("未能与这一处比对：{what}。", "This place could not be compared with: {what}.")


class Fault(NamedTuple):
    """A fault: its code, a sentence in each language, and the files, places or facts that show it."""

    code: str
    zh: str
    en: str
    shown_by: tuple[str, ...] = ()


@dataclass
class Report:
    """The report of a run. `refusal` says why the log itself could not be verified; None where it was."""

    findings: list[Finding] = field(default_factory=list[Finding])
    faults: list[Fault] = field(default_factory=list[Fault])
    unlisted: int = 0
    refusal: Refusal | None = None
    verified: Verified | None = None

    @property
    def fine(self) -> bool:
        """Tell whether all checks have passed."""
        return self.refusal is None and not self.faults

    def add(self, fault: Fault) -> None:
        """List a fault, or count it."""
        if len(self.faults) < LISTED:
            self.faults.append(fault)
        else:
            self.unlisted += 1


class Asked(NamedTuple):
    """The parameters of a run.

    Args:
        log: a folder or a URL.
        trust: whose signatures count.
        folder: its stored state, and the conflicts that it found.
        others: folders, URLs, checkpoints and receipts to compare with.
        openings: a file of openings, one a line.
        within: how long an order may take to end.
        now: the time, after which no order is late yet, whatever a leaf is dated; None knows of none.
    """

    log: str
    trust: Trust
    folder: Path
    others: Sequence[str] = ()
    openings: Path | None = None
    within: Duration = ENDED_WITHIN
    now: Instant | None = None


def watch(asked: Asked, tell: Tell = lambda _: None) -> Report:
    """Run all checks, store the verified head, and return the report.

    Raises:
        OSError: the state could not be read or written.
    """
    report = Report()
    try:
        with source.opened(asked.log) as log:
            _watch(asked, log, report, tell)
    except Refusal as refusal:
        report.refusal = refusal
        zh = "日志没有通过核对：凡本次未列为已证明的，都没有被证明。"
        report.findings.append(
            unproven(zh, "The log did not pass: what is not listed as proven here is not.")
        )
    return report


def _watch(asked: Asked, log: Log, report: Report, tell: Tell) -> None:
    folder = Folder(asked.folder)
    last = state.read(folder, asked.trust)
    head = compare.signed(asked.trust, log.name, parse(log.checkpoint()), log)
    own = [] if last is None else [compare.signed(asked.trust, str(folder.path / state.FILE), last.note)]
    with _others(asked, report) as others:
        _compare([head, *own, *others], folder, report)
        _tell_compared(report, len(others))
    _, witnesses = asked.trust.check(head.note)
    growth, latest = (Growth(), 0) if last is None else (last.growth, last.latest)
    before = growth.size
    latest = rebuild(log, head.checkpoint, growth, latest, tell)
    report.verified = Verified(head.note, growth, latest)
    state.write(folder, report.verified)
    _tell_verified(report, before, head, witnesses)
    if asked.openings is not None:
        _check_rules(asked.openings, log, report, asked)
    else:
        zh = "没有给出事实的原文，业务规则未核对。"
        report.findings.append(
            unproven(zh, "No openings were given: the rules of the business were not checked.")
        )


def _tell_verified(report: Report, before: int, head: Head, witnesses: list[str]) -> None:
    size, new = head.checkpoint.size, head.checkpoint.size - before
    zh = f"日志 {head.checkpoint.origin} 的 {size} 条记录（其中新增 {new} 条）正好得出其签名的根。"
    en = (
        f"The {size} entries of {head.checkpoint.origin}, {new} of them new, lead to the root that it signed."
    )
    report.findings.append(proven(zh, en))
    if before:
        zh = f"签名的树仍以上次核对过的 {before} 条记录开头：日志只增不减。"
        en = f"It begins with the {before} entries that were verified before: the log only grew."
        report.findings.append(proven(zh, en))
    if witnesses:
        zh = f"见证人 {'、'.join(witnesses)} 也签署了这一状态。"
        report.findings.append(proven(zh, f"It was cosigned by {', '.join(witnesses)}."))
    else:
        zh = "没有见证人签署：别人是否看到同一份日志，未被证明。"
        en = "No witness cosigned it: that others are shown the same log is not proven."
        report.findings.append(unproven(zh, en))


@contextmanager
def _others(asked: Asked, report: Report) -> Generator[list[Head]]:
    """Yield the heads of the places to compare with; those that prove nothing are faults."""
    heads: list[Head] = []
    with ExitStack() as stack:
        for place in asked.others:
            try:
                heads.append(_other(asked.trust, place, stack))
            except Refusal as refusal:
                told = _NOT_COMPARED.fill(what=refusal.told())
                report.add(Fault(refusal.code, told.zh, told.en, (place, refusal.where)))
        yield heads


def _other(trust: Trust, place: str, stack: ExitStack) -> Head:
    if "://" in place or _is_folder(place):
        log = stack.enter_context(source.opened(place))
        return compare.signed(trust, place, parse(log.checkpoint()), log)
    try:
        return compare.signed(trust, place, compare.note_in_file(Path(place)))
    except OSError as error:
        raise BadLogPlace(repr(place), reason=told_by_system(error)) from error


def _is_folder(place: str) -> bool:
    try:
        return Path(place).is_dir()
    except (OSError, ValueError):  # too long for a name, or not one at all
        return False


def _compare(heads: list[Head], folder: Folder, report: Report) -> None:
    """Compare the log's own head, the first, with all others and these with each other."""
    origin = heads[0].checkpoint.origin
    for other in heads:
        if other.checkpoint.origin != origin:
            zh = "用于比对的这一处是另一个日志。"
            report.add(Fault("other_log", zh, f"This place has another log than {origin}.", (other.place,)))
    mine = [head for head in heads if head.checkpoint.origin == origin]
    logs = [head.log for head in mine if head.log is not None]
    compared = compare.compare(mine, logs)
    for pair in compared:
        sizes = f"{pair.small.checkpoint.size} / {pair.large.checkpoint.size}"
        places = (pair.small.place, pair.large.place)
        if pair.relation is Relation.CONFLICT:
            kept = compare.keep(folder, pair)
            zh = f"日志签署了互相矛盾的两个状态（{sizes}）：两份签名均已保存，任何人都可以核验。"
            en = f"The log signed two heads that contradict each other ({sizes}): both are kept, as proof."
            report.add(Fault("conflict", zh, en, (*places, *kept)))
        elif pair.relation is Relation.UNKNOWN:
            zh = f"日志签署过的两个状态（{sizes}）无法相互对上：所需的文件没有提供。"
            en = f"Two heads that the log signed ({sizes}) could not be connected: no place serves the tiles."
            report.add(Fault("not_connected", zh, en, places))


def _tell_compared(report: Report, others: int) -> None:
    if not others:
        zh = "没有别处的签名可供比对：别人是否看到另一份日志，未被证明。"
        en = "There was no other head to compare with: that others are shown no other log is not proven."
        report.findings.append(unproven(zh, en))
    elif not report.faults:
        zh = f"与另外 {others} 处的签名比对：说的是同一份日志。"
        report.findings.append(proven(zh, f"The heads of {others} other places are of this same log."))


def _check_rules(path: Path, log: Log, report: Report, asked: Asked) -> None:
    assert report.verified is not None, "the rules are for facts of a log that was verified"
    head, within = report.verified.checkpoint, asked.within
    until = _until(report, report.verified.latest, asked.now)
    broken: set[Rule] = set()
    with openings.opened(path) as found:
        found.place(log, head)
        absent = 0
        for one in found.missing():
            absent += 1
            zh, en = "这份原文对应的记录不在日志中。", "The leaf of this opening does not stand in the log."
            report.add(Fault("opening_not_in_log", zh, en, (one.fact_id, f"{path}, line {one.line}")))
        _tell_broken(report, map(_twice, found.twice()), broken)
        rules = Rules(found.settled, within)
        for fact in found.facts():
            _tell_broken(report, rules.take(fact), broken)
        _tell_broken(report, rules.overdue(until), broken)
        opened = found.count - absent + found.again
    part = f"({opened} of {head.size} facts were opened)"
    for rule in Rule:
        if opened and rule not in broken:
            zh, en = SENTENCES[rule]
            days = f"{within // DAY}" if rule is Rule.ORDER_ENDS else ""
            zh = f"{zh}{f'（{days} 天）' if days else ''}：成立（已核对 {opened} / {head.size} 条）。"
            en = f"{en}{f' ({days} days)' if days else ''}: it holds {part}."
            report.findings.append(proven(zh, en))
    if opened < head.size:
        zh = f"其余 {head.size - opened} 条没有原文，其内容未核对。"
        en = f"{head.size - opened} facts were not opened: nothing is proven of what they say."
        report.findings.append(unproven(zh, en))


def _until(report: Report, latest: Instant, now: Instant | None) -> Instant:
    """Return the time by which orders must have ended, `now` at most: a leaf may be dated far ahead."""
    if now is None or latest <= now:
        return latest
    zh = "有记录标注的时间尚未到来：订单是否按时结束只核对到现在。"
    en = "Leaves are dated later than now: that orders end in time was checked up to now."
    report.findings.append(unproven(zh, en))
    return now


def _twice(one: Twice) -> Breach:
    places = ", ".join(map(str, one.places[:_PLACES]))
    more = ", …" if len(one.places) > _PLACES else ""
    what = Text(f"事实 {one.fact_id} 位于 {places}{more}", f"fact {one.fact_id} stands at {places}{more}")
    return Breach(Rule.ONCE, (one.fact_id,), what)


def _tell_broken(report: Report, breaches: Iterable[Breach], broken: set[Rule]) -> None:
    for breach in breaches:
        broken.add(breach.rule)
        zh, en = SENTENCES[breach.rule]
        zh, en = f"违反规则：{zh}；而{breach.what.zh}。", f"{en}; but {breach.what.en}."
        report.add(Fault(breach.rule.value, zh, en, breach.facts))
