"""A market file of a few shops for some weeks: what the lab does, in a moment."""

from pathlib import Path

from holdfast.lab import market_file

CHANGES = (("days", 365, 40), ("warm_up_days", 180, 20), ("count", 100, 12))
SHARES = (("bust_out", 2, 20),)
"""Of adversaries: so that few shops have one."""


def few_shops(path: Path) -> Path:
    """Write it to `path`."""
    text = market_file.shipped("demo")
    changes = [
        (f"{name} = {{ value = {was},", f"{name} = {{ value = {becomes},") for name, was, becomes in CHANGES
    ]
    for name, was, becomes in SHARES:
        before = f"[adversary.{name}]\nshare = {{ value = "
        changes.append((f"{before}{was},", f"{before}{becomes},"))
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path
