"""Facts arrive at those who want them: signed, once, in order by subject, in the form that is wanted."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from holdfast.delivering.deliverer import PAGE
from holdfast.journal.feed import Cursor
from holdfast.kernel.clock import HOUR
from holdfast.parties.model import SetConsumerLimit
from holdfast.webhooks.model import (
    BodyForm,
    ChangeEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    RegisterEndpoint,
    RemoveEndpoint,
    RotateSecret,
    Scheme,
    TryEndpoint,
)
from receivers import OK, Delivering, Got, Receiver, of_order, receiver


def registered(there: Receiver, key: str = "e1", **more: object) -> RegisterEndpoint:
    return RegisterEndpoint(endpoint_id=key, url=f"{there.url}/hook", **more)  # pyright: ignore[reportArgumentType]


def test_facts_arrive_signed_once_and_in_order_by_subject(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there))
        facts = market.sell("o1", "o2", "o3")
        market.until_idle(market.deliverer())
        assert sorted(there.ids) == sorted(fact.id for fact in facts)
        [secret] = market.secrets("e1")
        for got in there.got:
            Webhook(secret).verify(got.body, got.headers)
        for order_id in ("o1", "o2", "o3"):
            came = [kind for order, kind in of_order(there.got) if order == order_id]
            assert came == [fact.kind for fact in facts if getattr(fact.body, "order_id", "") == order_id]


def test_the_body_is_the_document_of_the_api_with_its_position(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        market.sell("o1")
        market.until_idle(market.deliverer())
        [got] = there.got
        assert got.headers["content-type"] == "application/json"
        assert got.path == "/hook"
        document = got.document
        assert [*document] == ["type", "timestamp", "data"]
        assert document["type"] == document["data"]["kind"] == "OrderPlaced"
        assert document["timestamp"] == document["data"]["at"]
        assert document["data"]["id"] == got.id
        assert document["data"]["body"]["order_id"] == "o1"
        [fact] = market.home.feed(document["data"]["position"], 1)
        assert fact.id == got.id


def test_cloudevents_have_what_the_specification_asks_for(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, form=BodyForm.CLOUDEVENTS, kinds=("OrderPlaced",)))
        market.sell("o1")
        market.until_idle(market.deliverer())
        [got] = there.got
        event = got.document
        assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        assert {
            name: event[name] for name in ("specversion", "type", "source", "subject", "partitionkey")
        } == {
            "specversion": "1.0",
            "type": "holdfast.OrderPlaced",
            "source": "/holdfast",
            "subject": "order:o1",
            "partitionkey": "order:o1",
        }
        assert event["id"] == got.id == event["data"]["id"]
        assert event["time"] == event["data"]["at"]
        assert int(event["sequence"]) == event["data"]["position"]
        assert all(name.isalnum() and name.islower() for name in event)


def verified(public: str, got: Got) -> None:
    """Verify a signature v1a as the specification has it."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    for each in got.headers["webhook-signature"].split(" "):
        version, _, signature = each.partition(",")
        if version == "v1a":
            key.verify(base64.b64decode(signature), signed)
            return
    raise AssertionError("it has no signature of the kind v1a")


def test_an_endpoint_may_have_both_kinds_of_signatures(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, schemes=(Scheme.HMAC, Scheme.ED25519)), TryEndpoint(endpoint_id="e1"))
        market.until_idle(market.deliverer())
        [got] = there.got
        secret, public = market.secrets("e1")
        assert secret.startswith("whsec_")
        Webhook(secret).verify(got.body, got.headers)
        verified(public, got)
        with pytest.raises(InvalidSignature):
            verified(public, got._replace(body=got.body + b" "))


def test_a_new_key_signs_at_once_and_the_old_one_for_a_while(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        [old] = market.secrets("e1")
        deliverer = market.deliverer()
        market.do(RotateSecret(endpoint_id="e1", grace_hours=1))
        _, fresh = market.secrets("e1")
        market.sell("o1")
        market.until_idle(deliverer)
        for secret in (old, fresh):
            Webhook(secret).verify(there.got[0].body, there.got[0].headers)
        market.wait(HOUR)
        market.sell("o2")
        market.until_idle(deliverer)
        signatures = there.got[1].headers["webhook-signature"]
        assert len(signatures.split(" ")) == 1
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(there.got[0].body, {**there.got[0].headers, "webhook-signature": signatures})


def test_a_merchant_is_sent_facts_about_itself_alone_and_no_names_of_others(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, "m1~e", merchant_id="m1"))
        market.sell("o1")
        market.sell("o2", merchant="m2")
        market.do(SetConsumerLimit(consumer_id="c1", limit_minor=1))
        market.until_idle(market.deliverer())
        assert there.got
        assert {got.document["data"]["body"]["merchant_id"] for got in there.got} == {"m1"}
        assert {frozenset(got.document["data"]["actor"]) for got in there.got} == {
            frozenset({"nature", "role"})
        }


def test_only_the_kinds_that_are_wanted(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=("OrderShipped",)))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        market.do(ChangeEndpoint(endpoint_id="e1", kinds=("OrderDelivered",)))
        market.sell("o2")
        market.until_idle(deliverer)
        assert there.kinds == ["OrderShipped", "OrderDelivered"]


def test_a_trial_is_sent_whatever_is_wanted_and_once(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=("OrderShipped",)), registered(there, "e2"))
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        there.got.clear()
        [fact] = market.do(TryEndpoint(endpoint_id="e1"))
        market.until_idle(deliverer)
        assert there.ids == [fact.id] * 2  # e2 wants all there is
        [fact] = market.do(TryEndpoint(endpoint_id="e2"))
        market.until_idle(deliverer)
        assert there.ids.count(fact.id) == 1


def test_what_happened_before_an_endpoint_was_there_is_not_sent(market: Delivering) -> None:
    market.sell("o1")
    with receiver() as there:
        market.do(registered(there))
        market.sell("o2")
        market.until_idle(market.deliverer())
        assert {order for order, _ in of_order(there.got)} == {"o2"}


def test_what_happened_while_it_was_disabled_comes_when_it_is_enabled(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        market.do(DisableEndpoint(endpoint_id="e1"))
        market.sell("o1")
        market.until_idle(deliverer)
        market.sell("o2")
        market.until_idle(deliverer)
        assert there.got == []
        market.do(EnableEndpoint(endpoint_id="e1"))
        market.sell("o3")
        market.until_idle(deliverer)
        assert sorted(order for order, _ in of_order(there.got)) == ["o1", "o2", "o3"]


def test_nothing_is_sent_to_a_removed_endpoint_nor_kept_for_it(market: Delivering) -> None:
    with receiver(lambda _got: OK._replace(status=500)) as there:
        market.do(registered(there))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        assert market.query("SELECT count(*) FROM webhook_messages") != [(0,)]
        market.do(RemoveEndpoint(endpoint_id="e1"))
        market.until_idle(deliverer)
        came = len(there.got)
        market.sell("o2")
        market.wait(HOUR)
        market.until_idle(deliverer)
        assert len(there.got) == came
        for table in ("webhook_messages", "webhook_standings"):
            assert market.query(f"SELECT count(*) FROM {table}") == [(0,)]


def test_many_pages_arrive_whole_and_the_reader_is_at_the_end(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there))
        limits = [SetConsumerLimit(consumer_id=f"c{n % 3 + 1}", limit_minor=n) for n in range(3 * PAGE)]
        facts = market.do(*limits)
        market.until_idle(market.deliverer())
        assert sorted(there.ids) == sorted(fact.id for fact in facts)
        cursor = market.home.row(Cursor, "webhooks")
        assert cursor is not None
        assert cursor.position == len(list(market.home.facts()))
        for consumer in ("c1", "c2", "c3"):
            bodies = [got.document["data"]["body"] for got in there.got]
            limits_of = [body["limit_minor"] for body in bodies if body["consumer_id"] == consumer]
            assert limits_of == sorted(limits_of)
