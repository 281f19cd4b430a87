"""Render the report and write it. Equal input gives equal bytes: nothing of the moment of writing goes in."""

import base64
import hashlib
import json
import os
import re
import shlex
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from holdfast.kernel.money import Money
from holdfast.replay.report import comparison, series, story
from holdfast.replay.report.texts import GLOSSARY, HOMES, PAGE, SOURCE_LABELS
from holdfast.replay.results import Replay
from holdfast.replay.sentence import answer
from holdfast.replay.wording import Text, count, days, decimal, money, ratio, same, sentences, short_money

_SCRIPT_END = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)
_IN_JSON = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Script(NamedTuple):
    """An inlined script and the hash by which the page's content security policy lets it run."""

    body: Markup
    sha256: str


class Verdict(NamedTuple):
    """What consumers lose under one policy, in short and exactly, and what was stopped before the debit."""

    policy: str
    lost: Text
    lost_exactly: Text
    claimed: Text
    stopped: Text
    any_loss: bool


def write(replay: Replay, path: Path) -> None:
    """Write the report to `path`: complete, or not at all.

    Raises:
        OSError: the folder is missing or may not be written.
        UnknownCurrency: the replay's currency is none of ISO 4217.
    """
    page = render(replay).encode()
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(page)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def render(replay: Replay) -> str:
    """Return the report as one HTML document that refers to nothing outside of itself.

    Raises:
        ValueError: the replay holds no policy; `today` is always among them.
        UnknownCurrency: the replay's currency is none of ISO 4217.
        AmountOverflow: an amount is beyond what can be kept.
    """
    Money(0, replay.currency)
    found = series.series(replay)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            T=PAGE,
            text=Text,
            replay=replay,
            answer=answer(replay),
            verdicts=_verdicts(replay),
            comparison=comparison.compare(replay),
            risky=[comparison.riskiest(policy, replay.currency) for policy in replay.policies],
            stories=story.stories(replay),
            facts=_facts(replay),
            charts=_charts(replay, found),
            legend=list(SOURCE_LABELS.items()),
            remarks=_remarks(replay, found),
            glossary=GLOSSARY,
            home=HOMES.get(replay.home, same(replay.home)),
            command=_command(replay),
            data=_json(series.chart_data(replay, found)),
            early=_script("early.js"),
            scripts=[_script("vendor/echarts.common.min.js"), _script("page.js")],
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("holdfast.replay", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["t"] = _both
    environment.filters["n"] = count
    return environment


def _both(text: Text) -> Markup:
    """Mark up a text in both languages; the style sheet shows one of them."""
    if text.zh == text.en:
        return escape(text.zh)
    return Markup('<span class="zh" lang="zh-CN">{zh}</span><span class="en" lang="en">{en}</span>').format(
        zh=text.zh, en=text.en
    )


@cache
def _script(name: str) -> Script:
    """Inline a script: nothing in it may look to the HTML parser like the end of its element."""
    text = files("holdfast.replay.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n").strip()
    body = _SCRIPT_END.sub(r"\\x3c", text)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    return Script(Markup(body), f"sha256-{digest}")  # noqa: S704 - our own file, and its end is escaped above


def _json(data: dict[str, Any]) -> Markup:
    """Write JSON that is safe inside of a script element, whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_IN_JSON))  # noqa: S704 - every sign of markup is escaped above


def _verdicts(replay: Replay) -> list[Verdict]:
    """Judge the user's first policy, where there is one, and `today`."""
    chosen = replay.policies[:1] + replay.policies[-1:] if len(replay.policies) > 1 else replay.policies
    currency = replay.currency
    return [
        Verdict(
            policy.policy,
            short_money(policy.uncovered_minor, currency),
            money(policy.uncovered_minor, currency),
            money(policy.claimed_minor, currency),
            money(policy.debits_stopped_minor, currency),
            policy.uncovered_minor > 0,
        )
        for policy in chosen
    ]


def _facts(replay: Replay) -> list[tuple[Text, str]]:
    return [
        (PAGE["period"], f"{replay.first_day} – {replay.last_day}"),
        (PAGE["orders"], count(replay.orders)),
        (PAGE["merchants"], count(replay.merchants)),
        (PAGE["consumers"], count(replay.consumers)),
    ]


def _charts(replay: Replay, found: series.Series) -> dict[str, series.Table]:
    return {
        "coverage": series.coverage_table(replay, found),
        "locked_days": series.locked_days_table(replay),
        "locked": series.locked_table(replay, found),
        "sources": series.sources_table(replay),
    }


def _remarks(replay: Replay, found: series.Series) -> dict[str, Text]:
    """Say in a line what each chart shows, with the figures of every policy."""
    top = series.top_of(found.coverage)
    clipped = any(value is not None and value > top for line in found.coverage for value in line)
    period = [PAGE["worst_of"].fill(step=count(found.step))] if found.step > 1 else []
    names = [same(policy.policy) for policy in replay.policies]
    lows = [same(ratio(series.lowest(line))) for line in found.coverage]
    spans = [days(policy.locked_days_of_sales) for policy in replay.policies]
    return {
        "coverage": Text("最低的一天：{lows}。", "Lowest day: {lows}.").fill(lows=_pairs(names, lows)),
        "coverage_note": sentences(
            PAGE["coverage_note"], *([PAGE["clipped"].fill(top=ratio(top))] if clipped else []), *period
        ),
        "locked": Text("{spans}。", "{spans}.").fill(spans=_pairs(names, spans)),
        "locked_note": sentences(PAGE["locked_note"], *period),
        "rejected": PAGE["rejected_some"].fill(rows=count(replay.rejected_rows))
        if replay.rejected_rows
        else PAGE["rejected_none"],
        "made_of": PAGE["made_of"].fill(facts=count(replay.facts), seconds=decimal(replay.seconds)),
    }


def _pairs(names: list[Text], figures: list[Text]) -> Text:
    pairs = list(zip(names, figures, strict=True))
    return Text(
        "；".join(f"{name.zh} {figure.zh}" for name, figure in pairs),
        "; ".join(f"{name.en} {figure.en}" for name, figure in pairs),
    )


def _command(replay: Replay) -> str:
    """Write the command that gives these figures again; assumptions that are options go with it."""
    words = ["holdfast", "replay", replay.source, "--seed", str(replay.seed)]
    for policy in replay.policies[:-1]:
        words += ["--policy", policy.policy]
    for assumption in replay.assumptions:
        if assumption.option.startswith("--"):
            words += [assumption.option, assumption.value]
    return shlex.join(words)
