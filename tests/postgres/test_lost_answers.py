"""A commit whose answer was lost: it happened, or it did not; it is told rightly, and never done twice."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proxy import Cut, Proxy, proxy_to
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from two_homes import Both, both, empty

from databases import fresh_database
from histories import POLICIES, START, Provider, histories, opening, policy, sale
from holdfast.bench.bare.model import MoveMoney, OpenAccount
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Submission
from holdfast.journal.held import LOG, LogHeld
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Account
from holdfast.policy.model import Policy
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.publishing import anew, place
from thorough import examples
from waiting import GUARD_SECONDS
from who_asks import person

CUTS = st.lists(st.sampled_from(Cut), max_size=12)


@pytest.fixture(scope="module")
def line(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Proxy]]:
    """The address of a database behind a proxy, and the proxy."""
    server = conninfo_to_dict(postgres_url)
    server_folder = Path(str(server.get("host", "")))
    if not (server_folder / ".s.PGSQL.5432").exists():
        pytest.skip("the proxy stands before a socket of port 5432, and this server has none")
    with (
        fresh_database(postgres_url, durable=False) as direct,
        proxy_to(server_folder, tmp_path_factory.mktemp("p")) as proxy,
    ):
        migrate(direct)
        yield make_conninfo(direct, host=str(proxy.folder), port=5432), proxy


def money(number: int) -> Submission:
    moved = MoveMoney(transfer_id=f"t{number}", from_id="a", to_id="b", currency="CNY", amount_minor=number)
    return Submission(moved, START, f"k{number}")


def open_accounts(homes: Both) -> None:
    opened = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]
    homes.run([Submission(command, START) for command in opened])


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.AT_ONCE], ids=lambda cut: cut.value)
def test_a_batch_whose_commit_was_cut_is_answered_and_happens_once(line: tuple[str, Proxy], cut: Cut) -> None:
    url, proxy = line
    with both(url, commands=WITH_BARE) as homes:
        open_accounts(homes)
        before = proxy.made
        proxy.cuts.append(cut)
        assert homes.run([money(1), money(1), money(2)])[0].replayed_ids is None
        assert proxy.made == before + 1
        homes.assert_same()


def test_one_that_is_cut_again_and_again_happens_once(line: tuple[str, Proxy]) -> None:
    url, proxy = line
    with both(url, commands=WITH_BARE) as homes:
        open_accounts(homes)
        before = proxy.made
        proxy.cuts.extend([Cut.BEFORE, Cut.BEFORE, Cut.BEFORE, Cut.AFTER])
        homes.run([money(1)])
        assert proxy.made == before + 4
        homes.assert_same()


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.AT_ONCE], ids=lambda cut: cut.value)
def test_a_batch_of_refusals_with_keys_keeps_its_refusals(line: tuple[str, Proxy], cut: Cut) -> None:
    """No fact tells whether it was committed, but the rows of the keys do."""
    url, proxy = line
    sent = [money(number)._replace(command=OpenAccount(account_id="a", currency="CNY")) for number in (1, 2)]
    with both(url, commands=WITH_BARE) as homes:
        open_accounts(homes)
        proxy.cuts.append(cut)
        assert all(outcome.replayed_ids is None for outcome in homes.run(sent))
        assert all(outcome.replayed_ids == () for outcome in homes.run(sent))
        homes.assert_same()


@settings(max_examples=examples(12), deadline=None)
@given(
    st.sampled_from(POLICIES),
    histories(length=20),
    st.builds(Provider, st.integers(0, 99), st.just(20), st.just(10)),
    st.sampled_from([1, 7, 400]),
    st.sampled_from([0, 3, 10_000]),
    CUTS,
)
def test_a_play_over_a_line_that_is_cut_is_the_same(
    line: tuple[str, Proxy],
    chosen: Policy,
    timeline: list[Submission],
    provider: Provider,
    most: int,
    cache: int,
    cuts: list[Cut],
) -> None:
    url, proxy = line
    proxy.cuts.clear()
    with both(url, most, cache, commands=WITH_BARE) as homes:
        homes.adopt(chosen, START - 1)
        proxy.cuts = deque(cuts)
        homes.play(timeline, react=provider.react)
        homes.assert_same()


@settings(max_examples=examples(12), deadline=None)
@given(histories(length=20), st.integers(1, 9), CUTS)
def test_batches_over_a_line_that_is_cut_are_the_same(
    line: tuple[str, Proxy], timeline: list[Submission], size: int, cuts: list[Cut]
) -> None:
    url, proxy = line
    keyed = [
        each if each.key is not None else each._replace(key=f"n{number}")
        for number, each in enumerate(timeline)
    ]
    proxy.cuts.clear()
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("covered(0.99)"), START - 1)
        proxy.cuts = deque(cuts)
        for start in range(0, len(keyed), size):
            batch = keyed[start : start + size]
            homes.run(batch)
        homes.advance(timeline[-1].at + 60 * DAY)
        homes.assert_same()


def test_another_that_is_faster_meanwhile_is_not_taken_for_ours(line: tuple[str, Proxy]) -> None:
    """Two send the same keys over lines that are cut: whoever was first, each key has one effect."""
    url, proxy = line
    empty(url)
    start = Barrier(2, timeout=GUARD_SECONDS)
    told: dict[int, list[str]] = {1: [], 2: []}

    def send(worker: int) -> None:
        home = Postgres(url, None, Ids(Random(worker)), commands=WITH_BARE)
        for number in range(1, 60):
            start.wait()
            (outcome,) = home.run([money(number)])
            told[worker].append(",".join(outcome.replayed_ids or [fact.id for fact in outcome.facts]))
        home.close()

    with Postgres.open(url, ids=Ids(Random(3)), commands=WITH_BARE) as home:
        home.adopt(policy("full"), START - 1)
        opened = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]
        home.run([Submission(command, START) for command in opened])
        rng = Random(5)
        proxy.cuts.extend(rng.choices([Cut.NOT, Cut.NOT, Cut.BEFORE, Cut.AFTER, Cut.AT_ONCE], k=80))
        workers = [Thread(target=send, args=(worker,)) for worker in told]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(GUARD_SECONDS)
        proxy.cuts.clear()
        assert told[1] == told[2]
        assert len(told[1]) == 59
        account = home.row(Account, "b")
        assert account is not None
        assert account.posted_minor == sum(range(1, 60))


def test_a_home_works_again_after_the_server_was_not_to_be_had(
    line: tuple[str, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, proxy = line
    with both(url, commands=WITH_BARE) as homes:
        open_accounts(homes)
        hidden = proxy.folder / "hidden"
        listening = proxy.folder / ".s.PGSQL.5432"
        listening.rename(hidden)
        proxy.cuts.append(Cut.BEFORE)
        with monkeypatch.context() as impatient:
            impatient.setattr("holdfast.postgres.line.RECONNECT_SECONDS", 0.4)
            with pytest.raises(Exception, match="server_unreachable"):
                homes.postgres.run([money(1)])
            with pytest.raises(Exception, match="server_unreachable"):
                homes.postgres.row(Account, "a")
        hidden.rename(listening)
        assert homes.postgres.run([money(1)])[0].accepted
        account = homes.postgres.row(Account, "b")
        assert account is not None
        assert account.posted_minor == 1


def test_opening_parties_over_a_line_that_is_cut(line: tuple[str, Proxy]) -> None:
    url, proxy = line
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        proxy.cuts.extend([Cut.AT_ONCE] * 3)
        homes.run([Submission(command, START) for command in [*opening(), *sale("o1", "m1", "c1", 5, 3)]])
        homes.assert_same()


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.AT_ONCE], ids=lambda cut: cut.value)
def test_a_proposal_whose_commit_was_cut_has_each_person_once(
    line: tuple[str, Proxy], cut: Cut, tmp_path: Path
) -> None:
    """Between the two people's requests, and in each, the line is lost."""
    url, proxy = line
    command = anew.restart(place.make(tmp_path / "log", f"log.example/{cut.name.lower()}"))
    with both(url, keepers={LogHeld: anew.LogKeeper()}) as homes:
        homes.memory.desk.put(LogHeld(id=LOG, origin=None, vkey="old", size=0), None)
        homes.memory.desk.changes = []
        homes.adopt(policy("full"), START)
        for name, told in (("Li", ["ProposalMade"]), ("Wang", ["ProposalSeconded", "LogRestarted"])):
            sent = Submission(command, START, "k", person(name))
            before = proxy.made
            proxy.cuts = deque([cut])
            [outcome] = homes.run([sent])
            assert proxy.made == before + 1
            assert [fact.kind for fact in outcome.facts] == told
            assert homes.run([sent])[0].replayed_ids == tuple(fact.id for fact in outcome.facts)
            homes.assert_same()
