"""A small market for tests: the demo's agents, fewer of them, for a shorter time."""

from msgspec.structs import replace

from holdfast.lab import market_file
from holdfast.lab.market import Market

DEMO = market_file.shipped("demo")


def text(**changes: str) -> str:
    """Return the demo's text with other numbers in place of those of these keys."""
    lines: list[str] = []
    for line in DEMO.splitlines():
        name = line.partition(" = ")[0]
        lines.append(f"{name} = {changes.pop(name)}" if name in changes else line)
    assert not changes, f"no such keys: {changes}"
    return "\n".join(lines) + "\n"


def small(merchants: int = 20, days: int = 60, warm_up_days: int = 40) -> Market:
    """Return a market in which every adversary is met."""
    market, _ = market_file.read_text(DEMO, "demo.toml")
    crowded = tuple(replace(one, share=0.05) for one in market.adversaries)
    return replace(
        market,
        merchants=replace(market.merchants, count=merchants),
        period=replace(market.period, days=days, warm_up_days=warm_up_days),
        adversaries=crowded,
        digest=f"small {merchants} {days} {warm_up_days}",
    )
