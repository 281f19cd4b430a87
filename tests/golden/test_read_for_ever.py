"""What the code of every time wrote is read by today's: each kind of fact, each policy, field by field."""

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

import golden_making as making
from holdfast.journal import stored
from holdfast.kernel.actor import Nature
from holdfast.policy.model import Policy
from holdfast.postgres.home import body_decoder

FILES = sorted((Path(__file__).parent / "facts").glob("*.json"))
GOLDEN: list[dict[str, Any]] = [json.loads(file.read_text(encoding="utf-8")) for file in FILES]
BODIES = [body for file in GOLDEN for body in file["facts"]]
POLICIES = [policy for file in GOLDEN for policy in file["policies"]]

DROPPED = {"KeysDestroyed": ("subject",)}
"""Fields that are not read any more, on purpose: who asked to be erased was named by it."""

SETTINGS_DROPPED = ("growth_bp",)
"""Settings that are not read any more: what may stand uncovered does not depend on what is exposed."""


def nothing_is_lost(written: Any, read: Any) -> bool:
    """Tell whether everything that was written is still there after reading."""
    if isinstance(written, dict):
        fields = cast("dict[str, Any]", written)
        kept = {key: each for key, each in fields.items() if key not in SETTINGS_DROPPED}
        return all(key in read and nothing_is_lost(each, read[key]) for key, each in kept.items())
    return bool(written == read)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["type"])
def test_a_fact_of_every_time_is_read(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    fact = stored.read("f", 0, body_decoder().decode(raw), raw, None)
    dropped = ("by", *DROPPED.get(body["type"], ()))
    kept = {name: each for name, each in body.items() if name not in dropped}
    told = json.loads(msgspec.json.encode(fact.body))
    assert nothing_is_lost(kept, told)
    if by := body.get("by"):
        assert fact.actor is not None
        assert fact.actor.nature is Nature.PERSON
        assert fact.actor.id == (by if isinstance(by, str) else by[-1])
        assert isinstance(by, str) or told["declared_by"] == by
    else:
        assert fact.actor is None


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy["version"])
def test_a_policy_of_every_time_is_read(policy: dict[str, Any]) -> None:
    decoded = msgspec.json.decode(json.dumps(policy), type=Policy)
    assert nothing_is_lost(policy, json.loads(msgspec.json.encode(decoded)))


def test_a_policy_of_before_a_setting_says_what_was_so() -> None:
    policies = [policy for policy in POLICIES if "peer_windows" not in policy]
    assert policies
    assert {msgspec.convert(policy, Policy).peer_windows for policy in policies} == {500}


def test_every_kind_and_every_shape_of_today_is_kept() -> None:
    """Where one was added, `python tests/golden_making.py facts LABEL` writes what is missing."""
    known = {making.shape(each) for each in (*BODIES, *POLICIES)}
    today = [*making.facts(), *making.policies()]
    assert [each.get("type", each.get("version")) for each in today if making.shape(each) not in known] == []


def test_every_field_that_was_added_to_a_kind_has_a_default() -> None:
    """Told by the fields that some file lacks and some other has."""
    kinds = {kind.__name__: kind for kind in making.kinds()}
    for body in BODIES:
        kind = kinds[body["type"]]
        required = {field.name for field in msgspec.structs.fields(kind) if field.required}
        assert required <= set(body), f"{kind.__name__}: give {required - set(body)} a default"
