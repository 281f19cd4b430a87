"""An erasure is sent to receivers of webhooks with the ids by which they have what is to be erased."""

from contextlib import closing

from deals import SUBJECT, cancel, order, sequence
from sequencing import destroy

from histories import START
from holdfast.delivering.book import KEPT_FOR as KEPT_TO_BE_SENT
from holdfast.journal.erasing import KEPT_FOR
from holdfast.kernel.clock import MINUTE
from holdfast.postgres.home import Postgres
from holdfast.publishing.place import Place
from holdfast.webhooks.model import RegisterEndpoint
from receivers import OK, Delivering, Said, receiver

KIND = ("KeysDestroyed",)


def test_receivers_learn_whom_to_erase_and_each_merchant_its_own_orders_alone(
    home: Postgres, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    said = Said(500)
    with receiver(lambda _got: said) as there, closing(Delivering(database_url, START)) as market:
        market.do(
            RegisterEndpoint(endpoint_id="all", url=f"{there.url}/all", kinds=KIND),
            RegisterEndpoint(endpoint_id="m1~e", url=f"{there.url}/m1", kinds=KIND, merchant_id="m1"),
            RegisterEndpoint(endpoint_id="m2~e", url=f"{there.url}/m2", kinds=KIND, merchant_id="m2"),
        )
        sequence(log, database_url)
        market.clock.advance_to(START + KEPT_FOR)
        fact = destroy(database_url, SUBJECT, market.clock.now())
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        assert {got.path for got in there.got} == {"/all", "/m1"}
        sort, _, key = SUBJECT.partition(":")
        for got in there.got:
            assert got.id == fact.id
            assert got.document["data"]["erased"] == {"sort": sort, "id": key, "order_ids": ["old"]}
            assert key not in str(got.document["data"]["body"])
        said = OK
        there.got.clear()
        market.wait(MINUTE)
        market.until_idle(deliverer)  # read again from what is written down
        assert [got.document["data"]["erased"]["id"] for got in there.got] == [key] * 2
        market.wait(KEPT_TO_BE_SENT + MINUTE)
        market.until_idle(deliverer)
        assert market.query("SELECT count(*) FROM webhook_erasures") == [(0,)]
        assert market.query("SELECT count(*) FROM webhook_attempts") == [(0,)]
