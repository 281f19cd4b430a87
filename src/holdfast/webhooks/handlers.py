"""One function a command."""

from msgspec.structs import replace

from holdfast.kernel.clock import HOUR, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody
from holdfast.kernel.states import advance
from holdfast.parties.model import Merchant
from holdfast.parties.rules import check_id, check_id_within
from holdfast.webhooks import rules, signing_keys
from holdfast.webhooks.model import (
    ENDPOINTS_OF_MERCHANT,
    TRANSITIONS,
    ChangeEndpoint,
    DeliveriesReplayed,
    DisableEndpoint,
    EnableEndpoint,
    EndpointChanged,
    EndpointDisabled,
    EndpointEnabled,
    EndpointKeys,
    EndpointRegistered,
    EndpointRemoved,
    EndpointState,
    EndpointTried,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    SecretRotated,
    TryEndpoint,
    WebhookEndpoint,
)
from holdfast.webhooks.refusals import (
    EndpointChangedSince,
    EndpointExists,
    NothingToChange,
    TooManyEndpoints,
)


def register(desk: Desk, command: RegisterEndpoint, now: Instant) -> list[FactBody]:
    """Register an endpoint, and make its keys."""
    _check_owner(desk, command)
    rules.check_url(command.url)
    rules.check_schemes(command.schemes)
    kinds = rules.checked_kinds(command.kinds)
    if desk.find(WebhookEndpoint, command.endpoint_id) is not None:
        raise EndpointExists(f"endpoint:{command.endpoint_id}")
    endpoint = WebhookEndpoint(
        id=command.endpoint_id,
        merchant_id=command.merchant_id,
        url=command.url,
        kinds=kinds,
        form=command.form,
        state=EndpointState.ENABLED,
        registered_at=now,
    )
    keys = tuple(signing_keys.made(desk.ids, scheme, now) for scheme in command.schemes)
    desk.put(endpoint, None)
    desk.put(EndpointKeys(id=endpoint.id, keys=keys), None)
    return [
        EndpointRegistered(
            endpoint_id=endpoint.id,
            merchant_id=endpoint.merchant_id,
            host=rules.host_of(endpoint.url),
            kinds=kinds,
            form=endpoint.form,
            schemes=command.schemes,
        )
    ]


def _check_owner(desk: Desk, command: RegisterEndpoint) -> None:
    """Refuse a merchant that there is not, an id of another's, and one endpoint too many."""
    if command.merchant_id is None:
        check_id("endpoint_id", command.endpoint_id)
        return
    merchant = desk.need(Merchant, command.merchant_id)
    check_id_within("endpoint_id", command.endpoint_id, merchant.id)
    most = rules.MAX_OF_MERCHANT
    if len(desk.page(ENDPOINTS_OF_MERCHANT, merchant.id, limit=most)) == most:
        raise TooManyEndpoints(f"merchant:{merchant.id}", most=most)


def _stepped(desk: Desk, endpoint_id: str, command: Command) -> tuple[WebhookEndpoint, EndpointState]:
    """Return an endpoint, and the state that it is in after the command."""
    endpoint = desk.need(WebhookEndpoint, endpoint_id)
    event = type(command).__name__
    return endpoint, advance(TRANSITIONS, endpoint.state, event, f"endpoint:{endpoint.id}")


def change(desk: Desk, command: ChangeEndpoint, _now: Instant) -> list[FactBody]:
    """Change what is named of an endpoint; messages that wait go to the new address, too."""
    was, _ = _stepped(desk, command.endpoint_id, command)
    if command.url is not None:
        rules.check_url(command.url)
    row = replace(
        was,
        url=was.url if command.url is None else command.url,
        kinds=was.kinds if command.kinds is None else rules.checked_kinds(command.kinds),
        form=was.form if command.form is None else command.form,
    )
    if row == was:
        raise NothingToChange(f"endpoint:{was.id}")
    desk.put(row, was)
    return [
        EndpointChanged(
            endpoint_id=was.id,
            merchant_id=was.merchant_id,
            host=rules.host_of(row.url),
            kinds=row.kinds,
            form=row.form,
            was_host=rules.host_of(was.url),
            was_kinds=was.kinds,
            was_form=was.form,
        )
    ]


def rotate(desk: Desk, command: RotateSecret, now: Instant) -> list[FactBody]:
    """Make a new key; the one before signs beside it until its time is over."""
    endpoint, _ = _stepped(desk, command.endpoint_id, command)
    rules.check_grace(command.grace_hours)
    was = desk.need(EndpointKeys, endpoint.id)
    replaced = any(key.scheme is command.scheme for key in was.keys)
    fresh = signing_keys.made(desk.ids, command.scheme, now)
    keys = signing_keys.rotated(was.keys, fresh, command.grace_hours, now)
    desk.put(replace(was, keys=keys), was)
    return [
        SecretRotated(
            endpoint_id=endpoint.id,
            merchant_id=endpoint.merchant_id,
            scheme=command.scheme,
            old_until=now + command.grace_hours * HOUR if replaced else None,
        )
    ]


def enable(desk: Desk, command: EnableEndpoint, _now: Instant) -> list[FactBody]:
    """Enable an endpoint that was disabled, for whatever reason."""
    was, state = _stepped(desk, command.endpoint_id, command)
    desk.put(replace(was, state=state, disabled_at=None, why=None), was)
    return [EndpointEnabled(endpoint_id=was.id, merchant_id=was.merchant_id)]


def disable(desk: Desk, command: DisableEndpoint, now: Instant) -> list[FactBody]:
    """Disable an endpoint; what happens from now on waits for it."""
    was, state = _stepped(desk, command.endpoint_id, command)
    if command.url is not None and command.url != was.url:
        raise EndpointChangedSince(f"endpoint:{was.id}")
    desk.put(replace(was, state=state, disabled_at=now, why=command.why), was)
    return [EndpointDisabled(endpoint_id=was.id, merchant_id=was.merchant_id, why=command.why)]


def remove(desk: Desk, command: RemoveEndpoint, _now: Instant) -> list[FactBody]:
    """Remove an endpoint: neither its keys nor its address are kept."""
    was, state = _stepped(desk, command.endpoint_id, command)
    keys = desk.need(EndpointKeys, was.id)
    desk.put(replace(was, state=state, url="", disabled_at=None, why=None), was)
    desk.put(replace(keys, keys=()), keys)
    return [EndpointRemoved(endpoint_id=was.id, merchant_id=was.merchant_id)]


def replay(desk: Desk, command: ReplayDeliveries, now: Instant) -> list[FactBody]:
    """Record from where on facts are to be sent again: who delivers them reads this fact as well."""
    endpoint, _ = _stepped(desk, command.endpoint_id, command)
    rules.check_replay(command, now)
    return [
        DeliveriesReplayed(
            endpoint_id=endpoint.id,
            merchant_id=endpoint.merchant_id,
            from_position=command.from_position,
            since=command.since,
            message=command.message,
        )
    ]


def try_out(desk: Desk, command: TryEndpoint, _now: Instant) -> list[FactBody]:
    """Record that an endpoint is tried; this fact is what is sent."""
    endpoint, _ = _stepped(desk, command.endpoint_id, command)
    return [EndpointTried(endpoint_id=endpoint.id, merchant_id=endpoint.merchant_id)]
