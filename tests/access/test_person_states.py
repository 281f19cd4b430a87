"""Every state of a person × every event: it goes where the table says, or is refused and stays."""

from enum import StrEnum

import pytest

from holdfast.access.model import Person, PersonStatus
from holdfast.access.people import EnrolPerson, ReinstatePerson, SuspendPerson
from holdfast.kernel.actor import Role
from one_market import OneMarket
from walking import Walker, steps_of

SUSPEND = SuspendPerson(person_id="wu", reason="left")
REINSTATE = ReinstatePerson(person_id="wu")


def active(_event: str) -> OneMarket:
    market = OneMarket()
    market.do(EnrolPerson(person_id="wu", role=Role.MERCHANT, owner="m1"))
    return market


def suspended(event: str) -> OneMarket:
    market = active(event)
    market.do(SUSPEND)
    return market


WALKER = Walker(
    Person,
    "wu",
    reach={PersonStatus.ACTIVE: active, PersonStatus.SUSPENDED: suspended},
    asks={"SuspendPerson": lambda _: SUSPEND, "ReinstatePerson": lambda _: REINSTATE},
    happens={},
    field="status",
)


def test_the_walker_knows_every_state_and_event() -> None:
    WALKER.check()


@pytest.mark.parametrize(("state", "event"), steps_of(WALKER))
def test_every_event_in_every_state(state: StrEnum, event: str) -> None:
    WALKER.walk(state, event)
