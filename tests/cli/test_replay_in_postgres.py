"""`holdfast replay --home postgres`: the same figures, in schemas of its own beside whoever else is there."""

from pathlib import Path

import psycopg
from cli_markets import Holdfast, figures, market


def test_both_homes_give_the_same_figures(holdfast: Holdfast, tmp_path: Path, database_url: str) -> None:
    command = ("replay", market(tmp_path / "market.csv"), "--vanish", "m1@2024-03-12", "--json")
    stored = holdfast(*command, "--home", "postgres", "--database-url", database_url)
    assert figures(stored) == figures(holdfast(*command))
    again = holdfast(*command, "--home", "postgres", "--database-url", database_url)
    assert figures(again) == figures(stored)


def test_what_earlier_replays_left_is_told_and_dropped_when_asked(
    holdfast: Holdfast, tmp_path: Path, database_url: str
) -> None:
    command = (
        "replay",
        market(tmp_path / "market.csv"),
        "--home",
        "postgres",
        "--database-url",
        database_url,
    )
    first = holdfast(*command, "--policy", "full")
    assert "--drop-earlier" not in first.stderr
    with psycopg.connect(database_url) as other:
        other.execute("CREATE SCHEMA replay_9_theirs CREATE TABLE theirs (n int)")
    second = holdfast(*command, "--policy", "covered(0.9)")
    assert "此前其他回放留下的模式：replay_1_full；--drop-earlier 予以删除" in second.stderr
    assert "have left their schemas: replay_1_full; --drop-earlier" in second.stderr
    assert schemas(database_url) == {
        "replay_1_covered_0_9",
        "replay_1_full",
        "replay_2_today",
        "replay_9_theirs",
    }
    third = holdfast(*command, "--policy", "covered(0.9)", "--drop-earlier")
    assert (third.exit_code, "--drop-earlier" in third.stderr) == (0, False)
    assert schemas(database_url) == {"replay_1_covered_0_9", "replay_2_today", "replay_9_theirs"}
    refused = holdfast("replay", "demo", "--drop-earlier")
    assert refused.exit_code == 2


def schemas(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replay%'").fetchall()
    return {name for (name,) in found}


def test_two_replays_do_not_share_a_database(holdfast: Holdfast, tmp_path: Path, database_url: str) -> None:
    file = market(tmp_path / "market.csv")
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('holdfast replay', 0))")
        shown = holdfast("replay", file, "--home", "postgres", "--database-url", database_url)
    assert shown.exit_code == 4
    assert "[replay_running]" in shown.stderr


def test_a_schema_of_somebody_else_is_left_alone(
    holdfast: Holdfast, tmp_path: Path, database_url: str
) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("CREATE SCHEMA replay_1_full CREATE TABLE theirs (n int)")
    shown = holdfast(
        "replay", market(tmp_path / "market.csv"), "--home", "postgres", "--database-url", database_url
    )
    assert shown.exit_code == 1
    assert "[database_foreign]" in shown.stderr
    with psycopg.connect(database_url) as other:
        assert other.execute("SELECT count(*) FROM replay_1_full.theirs").fetchone() == (0,)
