"""`holdfast replay` as a user meets it: what is on stdout, what on stderr, which files, and the exit code."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_markets import Holdfast, figures, market, write_market

from holdfast.kernel.refusal import Refusal


def test_the_answer_comes_in_both_languages_with_the_figures(holdfast: Holdfast, tmp_path: Path) -> None:
    shown = holdfast("replay", market(tmp_path / "market.csv"), "--vanish", "m1@2024-03-12")
    assert shown.exit_code == 0
    assert "Under full, m1 ran away" in shown.stdout
    assert "按今天的规则" in shown.stdout
    assert "CN¥1,446.00" in shown.stdout
    assert "12 orders of 3 merchants" in shown.stdout
    assert shown.stderr == ""


def test_json_is_one_document_of_the_promised_form(holdfast: Holdfast, tmp_path: Path) -> None:
    shown = holdfast("replay", market(tmp_path / "market.csv"), "--policy", "full", "--json")
    document = json.loads(shown.stdout)
    assert (document["orders"], document["rejected_rows"], document["currency"]) == (12, 0, "CNY")
    assert [policy["policy"] for policy in document["policies"]] == ["full", "today"]
    full = document["policies"][0]
    assert (full["gmv_minor"], full["uncovered_minor"], full["ledger_sum_minor"]) == (144_600, 0, 0)
    assert full["from"] == {"order": 0, "available": 0, "reserve": 0, "deposit": 0, "guarantee": 0, "fund": 0}


def test_the_same_again_gives_the_same(holdfast: Holdfast, tmp_path: Path) -> None:
    command = ("replay", market(tmp_path / "market.csv"), "--vanish-random", 2, "--seed", 3, "--json")
    assert figures(holdfast(*command)) == figures(holdfast(*command))


def test_assumptions_change_the_figures_and_are_told(holdfast: Holdfast, tmp_path: Path) -> None:
    reviewed = {"reviewed_at": "2024-03-25T10:00:00Z", "score": "2"}
    file = write_market(tmp_path / "market.csv", reviewed)
    command = ("replay", file, "--policy", "full", "--json", "--vanish", "m1@2024-03-05T12:00:00Z")
    shown = json.loads(holdfast(*command, "--score-2-percent", "0", "--claim-days", "9").stdout)
    told = {each["option"]: each["value"] for each in shown["assumptions"]}
    assert told["--claim-days"] == "9"
    assert told["--vanish"] == "m1@2024-03-05T12:00:00Z"
    assert "--vanish-random" not in told
    assert figures(holdfast(*command)) != shown["policies"]


def test_a_limit_of_nothing_refuses_every_order(holdfast: Holdfast, tmp_path: Path) -> None:
    file = market(tmp_path / "market.csv")
    for policy in figures(holdfast("replay", file, "--consumer-limit", 0, "--json"), code=3):
        assert (policy["orders_taken"], policy["orders_refused"], policy["orders_cut_short"]) == (0, 12, 0)
        assert policy["refusals"] == {"limit_exceeded": 12}
        assert policy["days"] != []


def test_nothing_is_said_of_losses_where_no_order_ran(holdfast: Holdfast, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    command = ("replay", market(tmp_path / "market.csv"), "--policy", "full", "--consumer-limit", 0)
    shown = holdfast(*command, "--rejects", rejects, "--report", tmp_path / "report.html")
    assert shown.exit_code == 3
    assert "Under full, none of 12 orders ran" in shown.stdout
    assert "no loss" not in shown.stdout
    assert "lost nothing" not in shown.stdout
    assert shown.stdout.count("100% of what was ordered: 12 refused by the engine (limit_exceeded)") == 2
    assert "Not one order ran under full, today" in shown.stderr
    assert "Not known" in (tmp_path / "report.html").read_text(encoding="utf-8")
    rows = list(csv.DictReader(rejects.read_text(encoding="utf-8").splitlines()))
    assert [row["policy"] for row in rows] == ["full"] * 12 + ["today"] * 12
    assert [row["row"] for row in rows[:12]] == [str(number) for number in range(2, 14)]
    assert {row["code"] for row in rows} == {"limit_exceeded"}
    assert "the limit is 0 minor units" in rows[0]["reason"]


def test_what_the_engine_refused_of_some_is_told_beside_what_was_found(
    holdfast: Holdfast, tmp_path: Path
) -> None:
    dear = {"order_id": "o2", "consumer_id": "c9", "amount": "300.00"}
    file = write_market(tmp_path / "market.csv", {"amount": "100.00"}, dear)
    shown = holdfast("replay", file, "--policy", "full", "--consumer-limit", 15_000)
    assert shown.exit_code == 0
    assert "1 of 2 orders ran, without a loss. 1 order was not taken, CN¥300.00 or 75% of" in shown.stdout
    assert "2 笔订单中 1 笔实际运行" in shown.stdout
    assert "market.csv:3, order_id, under full: the engine refused the order" in shown.stderr


def test_an_event_that_the_engine_did_not_take_is_told_with_its_column(
    holdfast: Holdfast, tmp_path: Path
) -> None:
    late = {"shipped_at": "2024-09-02T10:00:00Z", "delivered_at": "2024-09-04T10:00:00Z"}
    bad = {"reviewed_at": "2024-09-05T10:00:00Z", "score": "1"}
    file = write_market(tmp_path / "market.csv", late | bad)
    rejects = tmp_path / "rejects.csv"
    shown = holdfast("replay", file, "--policy", "full", "--rejects", rejects)
    assert "1 order went another way than in the history" in shown.stdout
    [full, _today] = csv.DictReader(rejects.read_text(encoding="utf-8").splitlines())
    assert (full["row"], full["column"], full["value"]) == ("2", "shipped_at", "2024-09-02T10:00:00Z")
    assert (full["code"], full["policy"]) == ("wrong_state", "full")
    assert full["reason"].endswith("1 later of its events too")


def test_times_that_were_put_in_order_are_told_and_listed(holdfast: Holdfast, tmp_path: Path) -> None:
    file = write_market(tmp_path / "market.csv", {"shipped_at": ""})
    repairs = tmp_path / "repairs.csv"
    shown = holdfast("replay", file, "--policy", "full", "--repairs", repairs)
    assert "1 time that cannot be as it stands was put in order: shipped_unknown 1." in shown.stdout
    assert repairs.read_text(encoding="utf-8").splitlines()[1].startswith("market.csv,2,shipped_at,,")
    as_json = json.loads(holdfast("replay", file, "--policy", "full", "--json").stdout)
    assert as_json["repairs"] == {"shipped_unknown": 1}


def test_a_history_is_read_and_its_days_are_counted_in_a_zone(holdfast: Holdfast, tmp_path: Path) -> None:
    times = {"placed_at": "2024-03-02T23:30", "shipped_at": "2024-03-03T12:00", "delivered_at": "2024-03-05"}
    file = write_market(tmp_path / "market.csv", times)
    command = ("replay", file, "--policy", "full")
    for words, read_in, first, at in (
        ((), "UTC", "2024-03-03", "2024-03-02T23:30:00Z"),
        (("--zone", "Asia/Shanghai"), "Asia/Shanghai", "2024-03-02", "2024-03-02T15:30:00Z"),
        (("--zone", "America/New_York"), "America/New_York", "2024-03-02", "2024-03-03T04:30:00Z"),
    ):
        found = json.loads(holdfast(*command, *words, "--json").stdout)
        assert (found["read_zone"], found["times_assumed"]) == (read_in, 3), at
        assert (found["zone"], found["first_day"]) == (words[1] if words else "Asia/Shanghai", first)
        assert found["policies"][0]["days"][0]["date"] == first
        told = {each["option"]: each["value"] for each in found["assumptions"]}
        assert told.get("--zone") == (words[1] if words else None)
        assert told["times"] == read_in
    shown = holdfast(*command, "--report", tmp_path / "report.html")
    assert "3 times had no offset and were read in UTC; if that is not where" in shown.stdout
    assert "有 3 个时间未写明时差，按 UTC 读取" in shown.stdout
    assert "Days are those of Asia/Shanghai." in shown.stdout
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "3 times had no offset and were read in UTC" in page
    assert "(Asia/Shanghai)" in page


def test_a_day_of_vanishing_is_one_of_the_zone(holdfast: Holdfast, tmp_path: Path) -> None:
    file = write_market(tmp_path / "market.csv", {"placed_at": "2024-03-02T18:00:00Z"})
    command = ("replay", file, "--policy", "full", "--json", "--vanish")
    for zone, day, at in (
        ("UTC", "2024-03-02", "2024-03-02T00:00:00Z"),
        ("Asia/Shanghai", "2024-03-03", "2024-03-02T16:00:00Z"),
    ):
        found = json.loads(holdfast(*command, f"m1@{day}", "--zone", zone).stdout)
        told = {each["option"]: each["value"] for each in found["assumptions"]}
        assert (told["--vanish"], told["--zone"]) == (f"m1@{at}", zone)
    early = holdfast(*command, "m1@2024-03-02", "--zone", "Asia/Shanghai")
    assert json.loads(early.stdout)["refusal"]["code"] == "vanishes_before_it_sells"


def test_goods_taken_back_are_not_debited(holdfast: Holdfast, tmp_path: Path) -> None:
    """Case 25: taken back in the trial, and cancelled on the way."""
    back = {"cancelled_at": "2024-03-08T10:00:00Z"}
    way = {"order_id": "o2", "consumer_id": "c9", "delivered_at": "", "cancelled_at": "2024-03-08T10:00:00Z"}
    file = write_market(tmp_path / "market.csv", back, way)
    for policy in figures(holdfast("replay", file, "--policy", "full", "--json")):
        assert (policy["orders_taken"], policy["captured_minor"], policy["orders_cut_short"]) == (2, 0, 0)


def test_refunds_are_played_and_told(holdfast: Holdfast, tmp_path: Path) -> None:
    """One in its row before the debit, one in a file of its own after it, and one of no order."""
    own = {"refunded_amount": "20.50", "refunded_at": "2024-03-05T10:00:00Z"}
    file = write_market(tmp_path / "market.csv", own, {"order_id": "o2", "consumer_id": "c9"})
    refunds, report = tmp_path / "refunds.csv", tmp_path / "report.html"
    refunds.write_text("order_id,amount,refunded_at\no2,30,2024-03-15T10:00:00Z\no3,1,2024-03-15\n", "utf-8")
    command = ("replay", file, "--refunds", refunds, "--policy", "full")
    found = json.loads(holdfast(*command, "--json").stdout)
    full = found["policies"][0]
    assert (full["refunded_minor"], full["captured_minor"]) == (5_050, 22_050)
    assert found["rejected_rows"] == 1
    assert {"option": "--refunds", "value": str(refunds)}.items() <= found["assumptions"][6].items()
    shown = holdfast(*command, "--report", report)
    assert "refunds.csv:3, order_id: the order o3 is not in the files of orders" in shown.stderr
    assert "50.50" in next(line for line in shown.stdout.splitlines() if line.startswith("refunded"))
    page = report.read_text(encoding="utf-8")
    assert "Refunded by merchants, before and after the debit" in page
    assert "商家退款（扣款前后）" in page
    assert f"--refunds {refunds}" in page


def test_orders_never_paid_are_told_and_not_played(holdfast: Holdfast, tmp_path: Path) -> None:
    never = [{"order_id": f"o{number}", "paid": "no"} for number in (2, 3)]
    file, report = write_market(tmp_path / "market.csv", {}, *never), tmp_path / "report.html"
    found = json.loads(holdfast("replay", file, "--policy", "full", "--json").stdout)
    assert (found["orders"], found["unpaid"], found["rejected_rows"]) == (1, 2, 0)
    shown = holdfast("replay", file, "--policy", "full", "--report", report)
    assert "2 orders were never paid and are not played." in shown.stdout
    assert "另有 2 笔订单从未付款或确认，未予回放。" in shown.stdout
    assert "2 orders were never paid and are not played." in report.read_text(encoding="utf-8")
    nobody = holdfast("replay", write_market(tmp_path / "none.csv", *never), "--json")
    assert json.loads(nobody.stdout)["refusal"]["code"] == "none_paid"


def test_dates_without_a_time_of_day_are_told(holdfast: Holdfast, tmp_path: Path) -> None:
    day = {"placed_at": "2024-03-02T15:00:00Z", "shipped_at": "2024-03-02", "delivered_at": "2024-03-05"}
    file, report = write_market(tmp_path / "market.csv", day), tmp_path / "report.html"
    found = json.loads(holdfast("replay", file, "--policy", "full", "--json").stdout)
    assert (found["times_assumed"], found["dates_assumed"], found["repairs"]) == (2, 2, {})
    assert found["assumptions"][-1]["option"] == "dates"
    shown = holdfast("replay", file, "--policy", "full", "--report", report)
    for told in (shown.stdout, report.read_text(encoding="utf-8")):
        assert "2 of them are dates alone: a promise lasts until the end of its day" in told
        assert "其中 2 个只有日期" in told


def test_the_report_is_written_and_named(holdfast: Holdfast, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    shown = holdfast("replay", market(tmp_path / "market.csv"), "--report", report)
    assert shown.stderr == f"The report is in {report}\n"
    assert report.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["market.csv", "report.html"]


def test_rows_that_were_not_taken_are_told_and_listed(holdfast: Holdfast, tmp_path: Path) -> None:
    bad = {"order_id": "o2", "amount": "-3"}
    file = write_market(tmp_path / "market.csv", {}, bad)
    told = holdfast("replay", file, "--policy", "full")
    assert told.exit_code == 0
    assert "market.csv:3, amount" in told.stderr
    rejects = tmp_path / "rejects.csv"
    listed = holdfast("replay", file, "--policy", "full", "--rejects", rejects, "--json")
    assert json.loads(listed.stdout)["rejected_rows"] == 1
    assert listed.stderr == ""
    assert rejects.read_text(encoding="utf-8").splitlines()[1].startswith("market.csv,3,amount,-3,")


def test_rejects_are_listed_also_where_nothing_else_is_left(holdfast: Holdfast, tmp_path: Path) -> None:
    file = write_market(tmp_path / "market.csv", {"currency": "XXX"})
    shown = holdfast("replay", file, "--rejects", tmp_path / "rejects.csv")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "[no_orders]" in shown.stderr
    assert "market.csv,2,currency,XXX" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nowhere.csv"], "source_not_found", "nowhere.csv"),
        (["demo", "--policy", "fulll"], "bad_release_policy", "covered(0.99)"),
        (["demo", "--policy", "nowhere.toml"], "bad_policy", "nowhere.toml"),
        (["demo", "--policy", "full", "--policy", "full"], "policy_twice", "full"),
        (["demo", "--vanish", "nobody@2026-09-01"], "unknown_merchant", "nobody"),
        (["demo", "--vanish-random", "9999"], "too_few_merchants", "9999"),
        (["demo", "--report", "nowhere/report.html"], "file_not_written", "nowhere/report.html"),
        (["demo", "--rejects", "."], "file_not_written", "folder"),
        (["demo", "--zone", "Asia/Shanghia"], "unknown_zone", "Did you mean Asia/Shanghai?"),
        (["demo", "--home", "postgres", "--database-url", "mysql://x"], "bad_database_url", "mysql"),
        (
            ["demo", "--home", "postgres", "--database-url", "postgresql://nobody@127.0.0.1:1/x"],
            "server_unreachable",
            "127.0.0.1",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code(
    holdfast: Holdfast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: str,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = holdfast("replay", *arguments)
    assert (shown.exit_code, shown.stdout) == (Refusal.registry[code].sort.exit_code, "")
    zh, en = [line for line in shown.stderr.splitlines() if line.endswith(f"[{code}]")]
    assert any("一" <= sign <= "鿿" for sign in zh)
    assert told in en
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["demo", "--vanish", "m1"],
        ["demo", "--vanish", "m1@tomorrow"],
        ["demo", "--score-1-percent", "101"],
        ["demo", "--claim-days", "-1"],
        ["demo", "--home", "moon"],
        ["demo", "--data", "folder"],
        ["demo", "--no-such-option"],
    ],
)
def test_wrong_use_is_told_with_exit_code_2(holdfast: Holdfast, arguments: list[str]) -> None:
    shown = holdfast("replay", *arguments)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert shown.stderr != ""


def test_a_refusal_is_json_where_json_is_asked_for(holdfast: Holdfast) -> None:
    shown = holdfast("replay", "nowhere.csv", "--json")
    assert shown.exit_code == 1
    refusal = json.loads(shown.stdout)["refusal"]
    assert sorted(refusal) == ["code", "fix", "fix_zh", "sort", "what", "what_zh", "where"]
    assert refusal["where"] == "nowhere.csv"


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from holdfast.cli import main; main()", *arguments]


def test_the_program_itself_answers_and_ends_with_the_code(tmp_path: Path) -> None:
    good = subprocess.run(
        command_line("replay", str(market(tmp_path / "market.csv")), "--json"),
        capture_output=True,
        check=False,
    )
    assert (good.returncode, good.stderr) == (0, b"")
    assert json.loads(good.stdout)["orders"] == 12
    bad = subprocess.run(command_line("replay", "nowhere.csv"), capture_output=True, check=False)
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert b"Traceback" not in bad.stderr
