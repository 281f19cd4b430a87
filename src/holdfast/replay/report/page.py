"""Render the report and write it. Equal input gives equal bytes: nothing of the moment of writing goes in."""

import shlex
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.money import Money
from holdfast.kernel.text import Text, same, sentences
from holdfast.replay.report import comparison, series, skeleton, story
from holdfast.replay.report.texts import GLOSSARY, HOMES, PAGE, SOURCE_LABELS
from holdfast.replay.results import Replay
from holdfast.replay.sentence import answer
from holdfast.replay.taken import left_out_told, not_taken, repairs_told, share, unpaid_told, zones_told
from holdfast.replay.wording import count, days, decimal, money, ratio, short_money


class Verdict(NamedTuple):
    """What consumers lose under one policy, in short and exactly, and what was stopped before the debit."""

    policy: str
    lost: Text
    lost_exactly: Text
    claimed: Text
    stopped: Text
    any_loss: bool
    not_taken: Text
    nothing_ran: bool


def write(replay: Replay, path: Path) -> None:
    """Write the report to `path`: complete, or not at all.

    Raises:
        OSError: the folder is missing or may not be written.
        UnknownCurrency: the replay's currency is none of ISO 4217.
    """
    skeleton.write(render(replay), path)


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
        skeleton.environment("holdfast.replay")
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
            source=replay.source,
            made_of=_remarks(replay, found)["made_of"],
            data=skeleton.inline_json(series.chart_data(replay, found)),
            **skeleton.scripts("holdfast.replay", "page.js"),
        )
    )


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
            money(policy.captures_stopped_minor, currency),
            policy.uncovered_minor > 0,
            PAGE["not_taken_of"].fill(
                number=count(policy.orders_refused), orders=count(replay.orders), share=share(policy)
            ),
            not replay.taken(policy),
        )
        for policy in chosen
    ]


def _facts(replay: Replay) -> list[tuple[Text, str]]:
    return [
        (PAGE["period"], f"{replay.first_day} – {replay.last_day} ({replay.zone})"),
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
    """Return a caption of each chart, with the figures of every policy."""
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
        "rejected": _rejected(replay),
        "made_of": PAGE["made_of"].fill(facts=count(replay.facts), seconds=decimal(replay.seconds)),
    }


def _rejected(replay: Replay) -> Text:
    """Return the remarks on rejected rows, on changed times, and on the drops of each policy."""
    rows = (
        PAGE["rejected_some"].fill(rows=count(replay.rejected_rows))
        if replay.rejected_rows
        else PAGE["rejected_none"]
    )
    under = [
        Text("{policy}：{said}", "{policy}: {said}").fill(policy=policy.policy, said=said)
        for policy in replay.policies
        for said in not_taken(replay, policy)
    ]
    return sentences(
        rows,
        unpaid_told(replay.unpaid),
        left_out_told(replay.left_out),
        repairs_told(replay.repairs),
        zones_told(replay),
        *under,
    )


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
