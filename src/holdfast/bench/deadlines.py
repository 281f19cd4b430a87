"""What many deadlines take, and what others feel of it: a large run-away, and a minute in which all is due.

A process of its own lets the deadlines happen, as a worker does; this one places orders of other merchants
meanwhile, a hundred a second, each at its time whether the one before it was answered or not.
"""

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import psutil
from psycopg import sql

from holdfast.bench import market
from holdfast.bench.beside import Beside, beside
from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell, quantile
from holdfast.bench.market import Orders
from holdfast.bench.peak import peak_bytes
from holdfast.bench.schema import SCHEMA, Ground, ground
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Submission
from holdfast.engine.front import Front
from holdfast.engine.tuning import tune_process
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.kernel.text import Text
from holdfast.ledger import chart
from holdfast.orders.model import ConfirmNotice, DeliverOrder, Listing, Order, PlaceOrder, ShipOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant, SetConsumerLimit
from holdfast.policy_files import reading
from holdfast.postgres.home import Postgres
from holdfast.postgres.tables import TABLES
from holdfast.replay.people import officer
from holdfast.settlement.model import PayDeposit, RecordCapture

THOROUGH = (100_000, 200_000)
QUICK = (2_000, 4_000)
"""The claims of the run-away, and the deadlines of one instant."""

A_SECOND = 100
"""Orders of other merchants that are placed meanwhile."""

_SEED = 7
_ALONE_SECONDS = 5.0
_SAMPLED_EVERY = 20
_MILLISECONDS = 1_000
_MEGABYTE = 2**20
_CURRENCY = "CNY"
_AMOUNT = 1_000
_GONE = "gone"


class _Done(NamedTuple):
    """What a course of deadlines took: seconds, megabytes at most, and the latencies beside it, in ms."""

    seconds: float
    peak_mb: float
    began_mb: float
    beside_ms: list[float]


def unit(name: str, *, quick: bool) -> str | None:
    """Return a figure's unit where less was measured than its name says."""
    if not quick or name not in {"run_away_100k_s", "same_minute_200k_s"}:
        return None
    return f"s, {QUICK[name.startswith('same')]:,} only"


def deadlines(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Measure a run-away, then deadlines at one instant, each with other merchants' orders beside it."""
    claims, due = QUICK if quick else THOROUGH
    gone, gone_floor, _ = _measured(url, claims, _run_away, ("orders", "claims", "transfers", "facts"))
    tell(0.5)
    minute, minute_floor, alone = _measured(url, due, _same_minute, ("orders", "facts"))
    latency = max(quantile(part.beside_ms, 0.99) for part in (gone, minute))
    return {
        "run_away_100k_s": Measured(gone.seconds, gone_floor),
        "same_minute_200k_s": Measured(minute.seconds, minute_floor),
        "same_minute_peak_mb": Measured(minute.peak_mb, minute.began_mb),
        "beside_p99_ms": Measured(latency, quantile(alone, 0.99)),
    }


def _measured(
    url: str, size: int, prepare: Callable[[Ground, int], Instant], written: tuple[str, ...]
) -> tuple[_Done, float, list[float]]:
    """Return what it took, what the server alone takes to write as many rows, and the latencies before."""
    with ground(url) as place:
        market.open_market(place.lanes[0], place.clock.now())
        orders = Orders(Random(_SEED))  # noqa: S311 - a load, repeatable on purpose
        until = prepare(place, size)
        tune_process()
        end = time.perf_counter() + _ALONE_SECONDS
        alone = _placed(place, orders, lambda: time.perf_counter() > end, lambda: None)
        with beside(Text("处理到期事项", "let deadlines happen"), work, url, until) as other:
            done = _watched(place, orders, other)
        return done, _copied(place, written), alone


def _watched(place: Ground, orders: Orders, other: Beside) -> _Done:
    """Place orders until the deadlines have happened."""
    began_mb: float = other.hear()
    most = 0.0

    def sample() -> None:
        nonlocal most
        most = max(most, _of_backends(place))

    other.tell("begin")
    latencies = _placed(place, orders, other.has_said, sample)
    seconds, peak_mb = other.hear()
    return _Done(seconds, peak_mb + most, began_mb, latencies)


def work(pipe: Any, url: str, until: Instant) -> None:
    """Let every deadline up to `until` happen when told to; say how long it took, and the most memory."""
    home = Postgres(url, SCHEMA, Ids(Random(_SEED + 1)), guard=None)  # noqa: S311 - no secrets
    home.adopt(reading.named("full"), until)
    pipe.send(_peak_mb())
    pipe.recv()
    began = time.perf_counter()
    home.advance(until)
    pipe.send((time.perf_counter() - began, _peak_mb()))
    home.close()


def _peak_mb() -> float:
    return peak_bytes() / _MEGABYTE


def _of_backends(place: Ground) -> float:
    """Return the most that a process of the server has to itself, where it runs on this machine."""
    found = place.connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast'")
    most = 0.0
    for (pid,) in found.fetchall():
        try:
            process = psutil.Process(pid)
            memory = process.memory_info()
        except psutil.Error:
            continue
        if process.name() == "postgres":
            most = max(most, (memory.rss - getattr(memory, "shared", 0)) / _MEGABYTE)
    return most


def _placed(
    place: Ground, orders: Orders, ended: Callable[[], bool], sample: Callable[[], None]
) -> list[float]:
    """Place orders at a fixed pace until it has ended; return how long after its time each was answered."""
    return asyncio.run(_place_all(place, orders, ended, sample))


async def _place_all(
    place: Ground, orders: Orders, ended: Callable[[], bool], sample: Callable[[], None]
) -> list[float]:
    lasted: list[float] = []

    async def call(due: float) -> None:
        outcome = await front.submit(*orders.next())
        assert outcome.accepted, "an order was refused"
        lasted.append((time.perf_counter() - due) * _MILLISECONDS)

    began = time.perf_counter()
    asked = 0
    async with Front(place.lanes, place.clock) as front, asyncio.TaskGroup() as calls:
        while not ended():
            due = began + asked / A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            calls.create_task(call(due))
            asked += 1
            if asked % _SAMPLED_EVERY == 0:
                sample()
    return lasted


def _run(place: Ground, at: Instant, *commands: Command) -> None:
    outcomes = place.lanes[0].run([Submission(command, at) for command in commands])
    assert all(outcome.accepted for outcome in outcomes), "the load's parties were refused"


def _delivered(place: Ground) -> Instant:
    """Have one order delivered, and return when it wakes."""
    now = place.clock.now()
    _run(
        place,
        now,
        RegisterMerchant(merchant_id=_GONE, name=_GONE, currency=_CURRENCY, owner_ids=(_GONE,)),
        OpenPayLater(consumer_id=_GONE, currency=_CURRENCY),
        SetConsumerLimit(consumer_id=_GONE, limit_minor=10**12),
        PlaceOrder(
            order_id=_GONE,
            merchant_id=_GONE,
            consumer_id=_GONE,
            currency=_CURRENCY,
            amount_minor=_AMOUNT,
            listing=Listing(title="商品", text="详情", price_minor=_AMOUNT),
        ),
        ShipOrder(order_id=_GONE),
        DeliverOrder(order_id=_GONE),
    )
    return _wakes(place)


def _wakes(place: Ground) -> Instant:
    order = place.lanes[0].row(Order, _GONE)
    assert order is not None, "the order is there"
    assert order.wake_at is not None, "the order has a deadline"
    return order.wake_at


def _same_minute(place: Ground, size: int) -> Instant:
    """Have so many orders delivered whose next deadline falls on one instant, and return that."""
    at = _delivered(place)
    _multiply(place, size, {"merchant_id": f"'m' || g % {market.MERCHANTS}"})
    return at


def _run_away(place: Ground, size: int) -> Instant:
    """Have one merchant with so many debited orders declared absconded, and return when.

    Every second one holds its proceeds, so that its claim is paid at once; the others wait for the sweep, and
    are paid from a deposit.
    """
    at = _delivered(place)
    place.lanes[0].advance(at)
    _run(place, at, ConfirmNotice(order_id=_GONE))
    at = _wakes(place)
    place.lanes[0].advance(at)
    _run(place, at, RecordCapture(order_id=_GONE))
    swept = size // 2
    _run(place, at, PayDeposit(merchant_id=_GONE, amount_minor=swept * _AMOUNT))
    _multiply(place, size, {"held_minor": f"CASE WHEN g > {swept} THEN o.held_minor ELSE 0 END"})
    held = chart.merchant(_GONE, chart.HELD, _CURRENCY)
    for account_id, orders in ((held, size - swept), (chart.house(chart.PSP, _CURRENCY), size)):
        place.connection.execute(
            "UPDATE accounts SET posted_minor = sign(posted_minor) * %s WHERE id = %s",
            (orders * _AMOUNT, account_id),
        )
    place.connection.execute(
        "UPDATE coverages SET exposure_minor = exposure_minor * %(n)s, cover_minor = exposure_minor * %(n)s,"
        " captured_minor = captured_minor * %(n)s, peak_minor = peak_minor * %(n)s WHERE id = %(id)s",
        {"n": size, "id": _GONE},
    )
    declared = DeclareAbsconded(merchant_id=_GONE, reason="load")
    outcomes = place.lanes[0].run([Submission(declared, at, None, officer(number)) for number in (1, 2)])
    assert all(outcome.accepted for outcome in outcomes), "the declarations were refused"
    return at


def _multiply(place: Ground, size: int, others: dict[str, str]) -> None:
    """Make of the one order so many, by the server: the engine would take longer than what is measured."""
    special = {"id": "'x' || lpad(g::text, 9, '0')", **others}
    names = TABLES[Order].names
    query = "INSERT INTO orders ({}) SELECT {} FROM orders AS o, generate_series(2, {}) AS g WHERE o.id = {}"
    values = [sql.SQL(special[name]) if name in special else sql.Identifier("o", name) for name in names]  # pyright: ignore[reportArgumentType]
    place.connection.execute(
        sql.SQL(query).format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(values),
            sql.Literal(size),
            sql.Literal(_GONE),
        )
    )


def _copied(place: Ground, names: tuple[str, ...]) -> float:
    """Return the seconds in which the server alone writes all these rows once, with their indexes."""
    connection = place.connection
    for name in names:
        query = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
        connection.execute(query.format(sql.Identifier(f"floor_{name}"), sql.Identifier(name)))
    began = time.perf_counter()
    with connection.transaction():
        for name in names:
            query = sql.SQL("INSERT INTO {} SELECT * FROM {}")
            connection.execute(query.format(sql.Identifier(f"floor_{name}"), sql.Identifier(name)))
    return time.perf_counter() - began
