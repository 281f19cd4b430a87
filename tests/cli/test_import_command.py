"""`holdfast import`, as it is used: explained, drafted, written, told; and `replay` of the same files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli import app
from own_form import read_plain

Run = Callable[..., Result]

HEADER = "order_no,shop,buyer_email,paid,created,status,shipped\n"
ROWS = (
    'A-1,north,anna@example.com,"1,204.50",2026-04-03 11:40:21,done,2026-04-04 08:00:00\n'
    "A-2,north,bob@example.com,99.00,2026-04-03 12:00:00,sent,2026-04-05 08:00:00\n"
    "A-3,south,anna@example.com,12.00,2026-04-04 09:00:00,open,\n"
)
MAP = """
name = "warehouse"
zh = "仓库"
en = "warehouse"
seen = "a test"
header = ["order_no", "paid", "created"]
thousands = ","
currency = "CNY"
[fields]
order_id = { columns = ["order_no"] }
merchant_id = { columns = ["shop"] }
consumer_id = { columns = ["buyer_email"], personal = true }
amount = { columns = ["paid"] }
placed_at = { columns = ["created"] }
shipped_at = { columns = ["shipped"] }
[[states]]
columns = ["status"]
[states.words]
"open" = "placed"
"sent" = "shipped"
"done" = "delivered"
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("warehouse.csv").write_text(HEADER + ROWS, encoding="utf-8")
    Path("mine.toml").write_text(MAP, encoding="utf-8")
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [*map(str, words)], catch_exceptions=False)


def test_a_file_is_written_in_our_own_form(run: Run) -> None:
    done = run(
        "import", "warehouse.csv", "--map", "mine.toml", "--zone", "Asia/Shanghai", "-o", "orders.parquet"
    )
    assert done.exit_code == 0, done.stderr
    assert "3 orders in CNY are in orders.parquet" in done.stdout
    read = read_plain(Path("orders.parquet"))
    assert [(order.id, order.merchant_id, order.amount_minor) for order in read.orders] == [
        ("A-1", "north", 120_450),
        ("A-2", "north", 9_900),
        ("A-3", "south", 1_200),
    ]
    assert read.orders[0].consumer_id == read.orders[2].consumer_id != read.orders[1].consumer_id
    assert b"anna" not in Path("orders.parquet").read_bytes()


def test_the_answer_is_json_where_it_is_asked_for(run: Run) -> None:
    done = run(
        "import",
        "warehouse.csv",
        "--map",
        "mine.toml",
        "--zone",
        "UTC",
        "-o",
        "orders.csv",
        "--json",
        "--quiet",
    )
    told = json.loads(done.stdout)
    assert (told["orders"], told["rejects"], told["unpaid"], told["files"]) == (3, 0, 0, ["orders.csv"])
    assert told["repairs"] == {"delivered_without_date": 1}


def test_it_explains_before_it_takes_anything(run: Run) -> None:
    Path("warehouse.csv").write_text(HEADER + ROWS + "A-4,north,x@y,1,2026-04-04,lost,\n", encoding="utf-8")
    done = run("import", "warehouse.csv", "--map", "mine.toml", "--explain", "--json")
    [told] = json.loads(done.stdout)
    fields = {field["field"]: field for field in told["fields"]}
    assert (told["form"], told["encoding"], told["delimiter"], told["header_row"]) == (
        "warehouse",
        "utf-8",
        ",",
        1,
    )
    assert fields["amount"]["values"] == ["1,204.50", "99.00", "12.00"]
    assert fields["consumer_id"]["values"] == ["a***", "b***", "x***"]
    assert told["unknown"] == [{"column": "status", "word": "lost", "rows": 1}]
    assert told["options"] == ["--zone Asia/Shanghai"]
    shown = run("import", "warehouse.csv", "--map", "mine.toml", "--explain").stdout
    assert "anna@" not in shown
    assert "'lost' is not known (1 rows)" in shown
    assert not Path("orders.parquet").exists()


def test_a_cell_that_looks_like_markup_is_shown_as_it_stands(run: Run) -> None:
    Path("warehouse.csv").write_text(HEADER + ROWS.replace("A-1", "[/b]"), encoding="utf-8")
    done = run("import", "warehouse.csv", "--map", "mine.toml", "--explain")
    assert done.exit_code == 0
    assert "[/b]" in done.stdout


def test_a_file_of_our_own_form_is_explained_as_such(run: Run) -> None:
    header = "order_id,merchant_id,consumer_id,currency,amount,placed_at\n"
    Path("ours.csv").write_text(f"{header}o-1,north,anna@example.com,CNY,1.00,2026-04-03\n", encoding="utf-8")
    shown = run("import", "ours.csv", "--explain").stdout
    assert "Holdfast's own form" in shown
    assert "anna" not in shown
    assert "Nothing has to be said" in shown
    assert "read as UTC, unless you say --zone Asia/Shanghai" in shown
    [told] = json.loads(run("import", "ours.csv", "--explain", "--zone", "UTC+8", "--json").stdout)
    assert (told["form"], told["zone"], told["options"], told["choices"]) == ("holdfast", "UTC+8", [], [])


def test_a_folder_without_a_file_is_told_as_such(run: Run) -> None:
    Path("empty").mkdir()
    for words in (("--explain",), ("-o", "orders.csv")):
        assert "[empty_folder]" in run("import", "empty", *words).stderr


def test_what_is_missing_is_refused_with_the_options(run: Run) -> None:
    done = run("import", "warehouse.csv", "--map", "mine.toml", "-o", "orders.csv", "--json")
    assert done.exit_code == 1
    refusal = json.loads(done.stdout)["refusal"]
    assert refusal["code"] == "options_needed"
    assert "--zone" in refusal["fix"]
    assert not Path("orders.csv").exists()


def test_a_draft_is_a_form_once_a_person_has_looked_through_it(run: Run) -> None:
    assert run("import", "warehouse.csv", "--write-map", "draft.toml").exit_code == 0
    draft = Path("draft.toml").read_text(encoding="utf-8")
    assert 'merchant_id = { columns = ["shop"] }' in draft
    assert 'placed_at = { columns = ["created"] }' in draft
    assert "anna@" not in draft
    assert '# "done" = "?"' in draft
    assert 'order_id = { columns = ["order_no"] }' in draft
    assert 'consumer_id = { columns = ["buyer_email"], personal = true }' in draft
    draft = draft.replace("# amount = { columns = [] }", 'amount = { columns = ["paid"] }')
    for word, meaning in (("done", "delivered"), ("sent", "shipped"), ("open", "placed")):
        draft = draft.replace(f'# "{word}" = "?"', f'"{word}" = "{meaning}"')
    Path("draft.toml").write_text(draft.replace('# thousands = ","', 'thousands = ","'), encoding="utf-8")
    options = ("--zone", "Asia/Shanghai", "--currency", "CNY", "--quiet", "--json")
    done = run("import", "warehouse.csv", "--map", "draft.toml", "-o", "orders.csv", *options)
    assert json.loads(done.stdout)["orders"] == 3


def test_rejects_are_written_also_where_nothing_is_left(run: Run) -> None:
    Path("warehouse.csv").write_text(HEADER + ROWS.replace("A-", "4.2E+1"), encoding="utf-8")
    options = ("--zone", "UTC", "-o", "orders.csv", "--rejects", "rejects.csv")
    done = run("import", "warehouse.csv", "--map", "mine.toml", *options)
    assert done.exit_code == 1
    assert len(Path("rejects.csv").read_text(encoding="utf-8").splitlines()) == 4
    assert not Path("orders.csv").exists()


def test_nothing_to_do_is_said(run: Run) -> None:
    done = run("import", "warehouse.csv")
    assert done.exit_code == 2
    assert "--explain" in done.stderr


def test_the_same_file_is_replayed(run: Run) -> None:
    done = run(
        "replay", "warehouse.csv", "--map", "mine.toml", "--zone", "Asia/Shanghai", "--json", "--quiet"
    )
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["orders"] == 3
    assert "anna" not in done.stdout
    several = run(
        "replay", "warehouse.csv", "warehouse.csv", "--map", "mine.toml", "--zone", "UTC", "--json", "--quiet"
    )
    assert json.loads(several.stdout)["orders"] == 3


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["warehouse.csv", "-o", "warehouse.csv"], "it is one of the files that are read"),
        ([".", "-o", "warehouse.csv"], "it is one of the files that are read"),
        (["warehouse.csv", "-o", "out.csv", "--rejects", "warehouse.csv"], "it is one of the files"),
        (["warehouse.csv", "-o", "mine.toml"], "it is one of the files that are read"),
        (
            ["warehouse.csv", "-o", "out.csv", "--links", "../{here}/out.csv"],
            "two files would have this name",
        ),
        (
            ["warehouse.csv", "-o", "out.csv", "--rejects", "r.csv", "--repairs", "r.csv"],
            "two files would have",
        ),
    ],
)
def test_nothing_is_written_over_what_is_read_or_written(
    run: Run, tmp_path: Path, words: list[str], reason: str
) -> None:
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    named = [word.format(here=tmp_path.name) for word in words]
    refused = run("import", *named, "--map", "mine.toml", "--zone", "Asia/Shanghai", "--json")
    assert refused.exit_code == 1
    refusal = json.loads(refused.stdout)["refusal"]
    assert refusal["code"] == "file_not_written"
    assert reason in refusal["what"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("option", ["--rejects", "--repairs", "--report"])
def test_a_replay_writes_over_no_source(run: Run, option: str) -> None:
    options = ("--map", "mine.toml", "--zone", "Asia/Shanghai")
    refused = run("replay", "warehouse.csv", *options, option, "warehouse.csv", "--json")
    assert json.loads(refused.stdout)["refusal"]["code"] == "file_not_written"
    assert Path("warehouse.csv").read_text(encoding="utf-8") == HEADER + ROWS
