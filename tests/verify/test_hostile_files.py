"""Files that were made to harm: a reason and exit code 1, never a trace, never more than 100 MB."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.verify.checking import Asked, check
from thorough import examples

_MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=600)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([done.returncode, done.stdout, done.stderr, peak]))
"""
_COMMANDS = {
    "alone": [sys.executable, "-m", "holdfast.verify"],
    "holdfast": [sys.executable, "-c", "from holdfast.cli import main; main()", "verify"],
}


def measured(*command: str) -> tuple[int, str, str, int]:
    """Run a command; return its exit code, what it wrote, and its peak of memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True
    )
    code, out, err, peak = json.loads(done.stdout)
    return code, out, err, peak


def hostile(folder: Path) -> list[str]:
    """Files, and what is none."""
    made: dict[str, bytes] = {
        "empty": b"",
        "noise": bytes(range(256)) * 40,
        "cut.tlog-proof": b"c2sp.org/tlog-proof@v1\nindex 3\n",
        "long.tlog-proof": b"c2sp.org/tlog-proof@v1\nindex 3\n" + b"A" * 1_000_000,
        "deep.json": b"[" * 900_000,
        "deep2.json": b'{"a":' * 150_000,
        "half.json": rb'{"at":1,"commitment":"a","kind":"\ud800","subject":"b","v":1}',
        "digits.json": b'{"at":' + b"9" * 500_000 + b"}",
        "promise": b"holdfast-promise/v1\nx\nby 99999999999999999999\n\n",
        "growth": b"old 5\n" + b"A\n" * 100_000 + b"\n",
        "name\x1b[31m\n": b"red",
        "cut.zip": b"PK\x03\x04" + b"\0" * 100,
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    with (folder / "sparse").open("wb") as file:
        file.truncate(2**30)
    with (folder / "sparse.zip").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2**30)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bag/bagit.txt", bytes(200_000_000))
    with zipfile.ZipFile(folder / "path.zip", "w") as archive:
        archive.writestr("../../etc/passwd", b"root")
    os.mkfifo(folder / "pipe")
    (folder / "no package").mkdir()
    (folder / "link").symlink_to("link")
    (folder / "device").symlink_to("/dev/zero")
    return sorted(str(path) for path in folder.iterdir())


@pytest.mark.parametrize("how", sorted(_COMMANDS))
def test_every_one_gets_a_reason(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    files = hostile(folder)
    policy = tmp_path / "policy"
    policy.write_text("quorum none\n")
    code, out, err, peak = measured(*_COMMANDS[how], *files, "--policy", str(policy), "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)["files"]
    assert len(told) == len(files)
    assert all(len(one["refusals"]) == 1 for one in told), [one for one in told if not one["refusals"]]
    assert all(one["refusals"][0]["what"] for one in told)
    assert peak < 100
    code, out, err, peak = measured(*_COMMANDS[how], *files, "--policy", str(folder / "sparse"))
    assert (code, err) == (1, "")
    assert "\x1b" not in out
    assert peak < 100


@settings(max_examples=examples(300), deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"c2sp.org/tlog-proof@v1\n", b"old ", b"{", b"PK\x03\x04"])
)
def test_any_bytes_have_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, begins: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(begins + data)
    [one] = check([str(path)], Asked())
    assert len(one.wrong) == 1


def test_it_needs_nothing_of_holdfast_but_what_verifies() -> None:
    script = (
        "import sys, holdfast.verify.main\n"
        "ours = {'.'.join(name.split('.')[:2]) for name in sys.modules if name.startswith('holdfast.')}\n"
        "print(*sorted(ours), *{'sqlalchemy', 'numpy', 'psycopg', 'typer'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["holdfast.kernel", "holdfast.trail", "holdfast.verify"]
