"""`holdfast policy`, over PostgreSQL: which version was in force when, as files, and for anybody."""

import html
import json
import re
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from histories import policy
from holdfast.cli import app
from holdfast.cli.policy_pages import file_name
from holdfast.kernel.clock import DAY, HOUR, parse
from holdfast.kernel.ids import Ids
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import read_text
from holdfast.postgres.home import Postgres

FULL, COVERED = policy("full"), policy("covered(0.99)")
FIRST, SECOND, THIRD = (parse(f"2026-0{month}-01T06:00:00") for month in (1, 2, 3))


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_url: str) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", migrated_url)
    monkeypatch.chdir(tmp_path)


def adopt(url: str, *each: tuple[Policy, int]) -> None:
    with Postgres.open(url, ids=Ids(Random(1)), guard=None) as home:
        for chosen, at in each:
            home.adopt(chosen, at)


@pytest.fixture
def three(migrated_url: str) -> None:
    """Full in January, covered in February, full again since March."""
    adopt(migrated_url, (FULL, FIRST), (COVERED, SECOND), (COVERED, SECOND + DAY), (FULL, THIRD))


def told(*arguments: object) -> list[tuple[str, str, str | None]]:
    """The periods that the command tells: version, since, until."""
    done = invoke("policy", "versions", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return [(one["version"], one["since"], one["until"]) for one in json.loads(done.stdout)["versions"]]


PERIODS = [
    (FULL.version, "2026-03-01T14:00:00+08:00", None),
    (COVERED.version, "2026-02-01T14:00:00+08:00", "2026-03-01T14:00:00+08:00"),
    (FULL.version, "2026-01-01T14:00:00+08:00", "2026-02-01T14:00:00+08:00"),
]


@pytest.mark.usefixtures("three")
def test_full_covered_and_full_again_are_three_periods_newest_first() -> None:
    assert told() == PERIODS
    lines = invoke("policy", "versions").stdout.splitlines()
    assert lines[0] == "规则版本，时间按 Asia/Shanghai / Versions of the policy, times of Asia/Shanghai"
    assert [re.split(r"\s{2,}", line) for line in lines[2:]] == [
        [since, "–", until or "现行 in force", version] for version, since, until in PERIODS
    ]


@pytest.mark.usefixtures("three")
def test_since_leaves_out_what_had_ended_by_then() -> None:
    assert told("--since", "2026-02-01") == PERIODS  # from midnight: January's ended at two in the afternoon
    assert told("--since", "2026-02-02") == PERIODS[:2]
    assert told("--since", "2026-03-01T06:00:00Z") == PERIODS[:1]
    assert told("--since", "2026-03-01T14:00") == PERIODS[:1]
    utc = told("--since", "2026-03-01T06:00", "--zone", "UTC")
    assert utc == [(FULL.version, "2026-03-01T06:00:00Z", None)]
    assert told("--since", "2026-03-01T05:59", "--zone", "UTC")[1:] != []
    assert invoke("policy", "versions", "--since", "spring").exit_code == 2
    refused = json.loads(invoke("policy", "versions", "--zone", "Mars", "--json").stdout)
    assert refused["refusal"]["code"] == "unknown_zone"


@pytest.mark.usefixtures("three")
def test_a_version_is_written_as_the_file_that_it_was_and_as_it_is_kept() -> None:
    shown = invoke("policy", "show", FULL.version)
    assert shown.exit_code == 0, shown.output
    assert read_text(shown.stdout, "shown.toml") == FULL
    assert shown.stdout.startswith(
        f'# 规则版本 / Version "{FULL.version}"\n'
        "# 生效 / In force 2026-03-01T14:00:00+08:00 – 现行 in force\n"
        "# 生效 / In force 2026-01-01T14:00:00+08:00 – 2026-02-01T14:00:00+08:00\n"
    )
    document = json.loads(invoke("policy", "show", COVERED.version, "--zone", "UTC", "--json").stdout)
    assert document["policy"]["release"] == {"type": "covered", "alpha_bp": 9_900}
    assert (document["policy"]["trial"], document["policy"]["version"]) == (7 * DAY, COVERED.version)
    [period] = document["in_force"]
    assert (period["since"], period["until"]) == ("2026-02-01T06:00:00Z", "2026-03-01T06:00:00Z")


@pytest.mark.usefixtures("three")
def test_a_version_that_never_was_in_force_is_refused_with_what_to_write() -> None:
    refused = invoke("policy", "show", FULL.version[:-1])
    assert refused.exit_code == 1
    assert "从未在此生效" in refused.stderr
    assert f"Did you mean {FULL.version}? Write one of those" in refused.stderr
    document = json.loads(invoke("policy", "show", "spring", "--json").stdout)["refusal"]
    assert document["code"] == "policy_never_in_force"
    assert document["fix"].startswith("Write one of those that `holdfast policy versions` lists")


def test_where_no_version_was_in_force_that_is_said() -> None:
    assert told() == []
    assert invoke("policy", "versions").stdout == "没有生效过的规则版本 / No version was in force\n"
    assert json.loads(invoke("policy", "show", "x", "--json").stdout)["refusal"]["code"] == (
        "policy_never_in_force"
    )
    assert "尚无生效的版本" in published(Path("site"))


def published(folder: Path) -> str:
    done = invoke("policy", "publish", folder)
    assert done.exit_code == 0, done.output
    assert str(folder / "index.html") in done.stdout
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("three")
def test_what_is_published_leads_to_every_version_whole(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    page = published(folder)
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', page)
    assert [html.unescape(text) for _, text in links] == [version for version, _, _ in PERIODS]
    read = {read_text((folder / file).read_text(encoding="utf-8"), file).version for file, _ in links}
    assert read == {FULL.version, COVERED.version}
    assert len(list(folder.iterdir())) == 3
    rows = re.findall(r"<tr><td>([^<]+)</td><td>([^<]+)<", page)
    assert [since for since, _ in rows] == [since for _, since, _ in PERIODS]
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")


def test_a_hostile_version_harms_neither_the_page_nor_the_folder(migrated_url: str, tmp_path: Path) -> None:
    hostile = '../../<script>alert(1)</script>"\n#'
    adopt(migrated_url, (policy("full", trial=HOUR), FIRST), (replace(FULL, version=hostile), SECOND))
    page = published(tmp_path / "site")
    assert "<script>" not in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]
    assert len(list((tmp_path / "site").iterdir())) == 3


def test_files_of_versions_have_plain_names_and_each_its_own() -> None:
    names = [file_name(version) for version in ("a:full#1", "a-full-1", "a:full#1 ", "稳付", "..", "x" * 500)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{5,100}\.toml", name) and ".." not in name for name in names)
    assert file_name("standard:covered(0.99)#8c07f1") == "standard-covered-0.99-8c07f1-88c0f813.toml"
