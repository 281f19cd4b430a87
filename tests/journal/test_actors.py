"""Who acted: every command has an actor, every fact keeps it, and idempotency keys count within one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.journal.requests import SEPARATOR, scoped
from holdfast.kernel.actor import (
    CLOCK,
    LIBRARY,
    REACTION,
    Actor,
    BadActor,
    BadActorText,
    Door,
    Nature,
    Role,
    check,
    parse,
    read_as,
)
from holdfast.kernel.actor import named as named_as
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.clock import parse as time_of
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.orders.model import Listing, PlaceOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres

NOW: Instant = time_of("2026-03-01")
ALICE = Actor(Nature.PERSON, "alice", Role.CONSUMER, Door.CONSOLE)
KEY = Actor(Nature.MACHINE, "key_1", Role.MARKETPLACE, Door.API)
REGISTER = RegisterMerchant(merchant_id="m", name="m", currency="CNY", owner_ids=("p",))


def home() -> Memory:
    made = Memory(Ids(Random(1)), guard=None)
    made.adopt(named("full"), NOW)
    return made


def place(order_id: str) -> Command:
    listing = Listing(title="电热水壶", text="1.7 L", price_minor=10_000)
    return PlaceOrder(
        order_id=order_id,
        merchant_id="m",
        consumer_id="c",
        currency="CNY",
        amount_minor=10_000,
        listing=listing,
        confirmed=False,
    )


def test_facts_keep_who_acted_and_the_clock_acts_by_itself() -> None:
    one = home()
    one.run(
        [
            Submission(REGISTER, NOW, None, KEY),
            Submission(OpenPayLater(consumer_id="c", currency="CNY"), NOW, None, ALICE),
            Submission(place("o"), NOW, None, ALICE),
        ]
    )
    one.advance(NOW + 40 * DAY)
    actors = {fact.kind: fact.actor for fact in one.facts()}
    assert actors["MerchantRegistered"] == KEY
    assert actors["PayLaterOpened"] == actors["OrderPlaced"] == ALICE
    assert actors["OrderExpired"] == CLOCK
    assert actors["PolicyAdopted"] == LIBRARY


def test_what_follows_from_a_fact_is_the_act_of_nobody_outside() -> None:
    """A refund's reaction, a deadline's reaction: the system is named, not who happened to cause it."""
    from histories import opening, sale

    one = home()
    commands = [*opening(), *sale("o1", "m1", "c1", 10_000, 3)]
    one.run([Submission(command, NOW, None, KEY) for command in commands])
    one.advance(NOW + 8 * DAY)
    kinds = {(fact.actor, fact.kind) for fact in one.facts()}
    assert (KEY, "OrderDelivered") in kinds
    assert (CLOCK, "CaptureNoticeAsked") in kinds
    assert {actor for actor, _ in kinds} <= {LIBRARY, KEY, CLOCK, REACTION}


@pytest.mark.parametrize(
    "name", ["", "Li ", " Li", "Li  Wang", "Li\n", "Li\u200b", "e\u0301", "x" * 101, "\u00a0Li"]
)
def test_an_actor_has_one_form(name: str) -> None:
    bad = Actor(Nature.PERSON, name, Role.STAFF, Door.CONSOLE)
    with pytest.raises(BadActor, match=r"\[bad_actor\]"):
        check(bad)
    [outcome] = home().run([Submission(REGISTER, NOW, "k", bad)])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "bad_actor"


def test_nobody_else_acts_as_the_engine() -> None:
    for claimed in (CLOCK, REACTION, Actor(Nature.SYSTEM, "I", Role.STAFF, Door.API)):
        [outcome] = home().run([Submission(REGISTER, NOW, None, claimed)])
        assert outcome.refusal is not None
        assert outcome.refusal.code == "bad_actor"


def test_people_are_told_apart_as_they_read_names() -> None:
    assert read_as("Li") == read_as("LI") == read_as("\uff2c\uff29") == read_as(" li ") != read_as("Lin")


@pytest.mark.parametrize(
    ("actor", "zh", "en"),
    [
        (None, "有人", "somebody"),
        (Actor(Nature.PERSON, "Li", Role.STAFF, Door.CONSOLE), "工作人员", "Li"),
        (Actor(Nature.PERSON, "Wu", Role.ARBITER, Door.CONSOLE), "评审员", "Wu"),
        (KEY, "平台程序", "the marketplace's machine key_1"),
        (LIBRARY, "平台程序", "the marketplace"),
        (CLOCK, "系统", "the clock"),
        (REACTION, "系统", "the system"),
    ],
)
def test_who_acted_is_told_by_name_and_to_others_by_role(actor: Actor | None, zh: str, en: str) -> None:
    assert named_as(actor) == (zh, en)


def test_each_role_has_its_words() -> None:
    assert all(all(named_as(Actor(Nature.PERSON, "Li", role, Door.API))) for role in Role)


names = st.text(max_size=30)
actors = st.builds(Actor, st.sampled_from(Nature), names, st.sampled_from(Role), st.sampled_from(Door))


@given(actors)
def test_an_actor_comes_back_as_it_was(actor: Actor) -> None:
    assert parse(actor.text()) == actor


@pytest.mark.parametrize("text", ["", "person", "person/staff/cli", "someone/staff/cli/li", "//cli/"])
def test_what_is_no_actors_line_is_told(text: str) -> None:
    with pytest.raises(BadActorText):
        parse(text)


def test_keys_count_within_their_actor() -> None:
    one = home()
    first, again, other = one.run(
        [
            Submission(REGISTER, NOW, "k", KEY),
            Submission(REGISTER, NOW, "k", KEY),
            Submission(OpenPayLater(consumer_id="c", currency="CNY"), NOW, "k", ALICE),
        ]
    )
    assert first.accepted
    assert other.accepted
    assert again.replayed_ids == tuple(fact.id for fact in first.facts)
    [reused] = one.run([Submission(OpenPayLater(consumer_id="d", currency="CNY"), NOW, "k", KEY)])
    assert reused.refusal is not None
    assert (reused.refusal.code, reused.refusal.where) == ("key_reused", "key:k")


def test_no_key_reaches_into_another_actors() -> None:
    """Neither by a key that looks like another's, nor by an actor's name."""
    [outcome] = home().run([Submission(REGISTER, NOW, scoped("k", KEY), LIBRARY)])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "bad_text"
    with pytest.raises(BadActor):
        check(Actor(Nature.MACHINE, f"a{SEPARATOR}b", Role.MARKETPLACE, Door.API))
    assert scoped("k", KEY) != scoped("k", Actor(Nature.PERSON, "key_1", Role.MARKETPLACE, Door.API))


def test_the_same_key_of_one_actor_in_two_roles_is_one() -> None:
    """Whoever repeats a request by another door means the same request."""
    assert scoped("k", KEY) == scoped("k", Actor(KEY.nature, KEY.id, KEY.role, Door.CONSOLE))


def test_the_database_keeps_actors(database_url: str) -> None:
    with Postgres.open(database_url, ids=Ids(Random(2)), guard=None) as one:
        one.adopt(named("full"), NOW)
        one.run([Submission(REGISTER, NOW, "k", KEY)])
        one.run([Submission(OpenPayLater(consumer_id="c", currency="CNY"), NOW, "k", ALICE)])
        one.run([Submission(place("o"), NOW, None, ALICE)])
        one.advance(NOW + 40 * DAY)
        actors = {fact.kind: fact.actor for fact in one.facts()}
    assert actors["MerchantRegistered"] == KEY
    assert actors["OrderPlaced"] == ALICE
    assert actors["OrderExpired"] == CLOCK
