"""The results of a replay as the JSON document of `holdfast replay --json`."""

from typing import Any

import msgspec
from msgspec.structs import replace

from holdfast.replay.results import PolicyResult, Replay

_FIRST = ("orders", "facts", "seconds", "rejected_rows", "currency")


def document(replay: Replay) -> dict[str, Any]:
    """Return the replay as plain data: the headline figures, then the policies, then all the rest."""
    plain: dict[str, Any] = msgspec.to_builtins(replace(replay, policies=[]))
    policies = [_policy(result, replay.taken(result)) for result in replay.policies]
    return {
        **{name: plain.pop(name) for name in _FIRST},
        **plain,
        "policies": policies,
    }


def _policy(result: PolicyResult, taken: int) -> dict[str, Any]:
    """Return one policy's figures; where compensation came from stands under `from`.

    What was not taken is counted here, and listed by `--rejects`.
    """
    plain: dict[str, Any] = msgspec.to_builtins(replace(result, not_taken=[]))
    del plain["not_taken"]
    plain |= {"orders_taken": taken, "orders_cut_short": result.orders_cut_short}
    return {"from" if name == "sources" else name: value for name, value in plain.items()}


def encode(replay: Replay) -> bytes:
    """Return the document as indented JSON in UTF-8, ended by a line feed."""
    return msgspec.json.format(msgspec.json.encode(document(replay)), indent=2) + b"\n"
