"""The head of a log that others run, cosigned by witnesses of others: believed, edited, held to a policy.

It is of a public test log of Certificate Transparency (static-ct-api), seen by four witnesses of the public
witness network; keys and signatures are as they were published.
"""

import pytest

from holdfast.trail import checkpoint, note, policy
from holdfast.trail.cosignature import WitnessVerifier, seen_at
from holdfast.trail.keys import LogVerifier, parse_vkey
from holdfast.trail.note import BadNote, Note, verified
from holdfast.trail.policy import Untrusted

ORIGIN = "arche2025h1.staging.ct.transparency.dev"
LOG = f"{ORIGIN}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
WITNESSES = {
    "garden": "transparency.dev/DEV:witness-little-garden+d8042a87+"
    "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "smartit": "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora": "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "stagemole": "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
}
SEEN = 1_779_573_024
SIGNATURES = [
    (
        ORIGIN,
        (
            "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4k"
            "JXFbon5Ch9MNL5zRNZ55lvGt0="
        ),
    ),
    (
        ORIGIN,
        "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=",
    ),
    (
        "transparency.dev/DEV:witness-little-garden",
        (
            "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44v"
            "dgJY096st5BQ=="
        ),
    ),
    (
        "witness1.smartit.nu/witness1",
        (
            "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh"
            "0XwzdZsDsUAQ=="
        ),
    ),
    (
        "remora.n621.de",
        (
            "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WB"
            "xtqB0DrAWfBw=="
        ),
    ),
    (
        "witness.stagemole.eu",
        (
            "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOv"
            "KFYe/TmN9DAg=="
        ),
    ),
]
LINES = "".join(f"— {name} {signature}\n" for name, signature in SIGNATURES)
HEAD = f"{ORIGIN}\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n{LINES}".encode()


def trust(least: int) -> policy.Trust:
    lines = [f"log {LOG}", *(f"witness {name} {vkey}" for name, vkey in WITNESSES.items())]
    return policy.read(
        "\n".join([*lines, f"group some {least} {' '.join(WITNESSES)}", "quorum some"]).encode()
    )


def test_a_head_that_four_witnesses_of_others_saw_is_believed() -> None:
    read = note.parse(HEAD)
    assert read.encode() == HEAD
    head, names = trust(4).check(read)
    assert (head.origin, head.size, names) == (ORIGIN, 1_432_088_532, list(WITNESSES))
    for vkey in WITNESSES.values():
        assert seen_at(read, WitnessVerifier(parse_vkey(vkey))) == SEEN


@pytest.mark.parametrize("vkey", [LOG, *WITNESSES.values()])
def test_each_of_the_five_signed_this_head_and_no_other(vkey: str) -> None:
    key = parse_vkey(vkey)
    verifier = LogVerifier(key) if vkey == LOG else WitnessVerifier(key)
    read = note.parse(HEAD)
    assert verified(read, [verifier]) == [verifier]
    edited = checkpoint.of(read)._replace(size=42).text()
    with pytest.raises(BadNote, match=f"the signature of {key.name} is wrong"):
        verified(Note(edited, read.signatures), [verifier])


def test_a_witness_less_is_no_quorum_of_all() -> None:
    read = note.parse(HEAD)
    fewer = Note(read.text, read.signatures[:-1])
    assert trust(3).check(fewer)[1] == ["garden", "smartit", "remora"]
    with pytest.raises(Untrusted, match="3 of its witnesses"):
        trust(4).check(fewer)


def test_the_example_of_signed_note_verifies_with_its_key() -> None:
    """The worked example of c2sp.org/signed-note, with the verifier key that stands beside it."""
    key = LogVerifier(parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
    data = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlT"
        "gK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    ).encode()
    assert verified(note.parse(data), [key]) == [key]
    with pytest.raises(BadNote, match=r"the signature of example\.com/foo is wrong"):
        verified(note.parse(data.replace(b"example message", b"examined message")), [key])
