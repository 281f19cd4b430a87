"""Which networks of one's own facts may be sent to: by an option, or by the environment."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.outbound.guarded import Reach

SETTING = "HOLDFAST_WEBHOOK_NETWORKS"

WebhookNetworks = Annotated[
    list[str] | None,
    typer.Option(
        "--webhook-network",
        metavar="NETWORK",
        help="Send facts to endpoints in this network, too, and by plain http there, as 127.0.0.0/8; "
        f"repeatable; else {SETTING}, divided by commas  [default: public addresses by https alone]",
        show_default=False,
    ),
]


class BadNetwork(Refusal):
    """A network cannot be read."""

    code = "bad_network"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是网段", "{text!r} is no network")
    fix = Text("请写作 10.0.0.0/8、fd00::/8 或单个地址", "Write 10.0.0.0/8, fd00::/8 or a single address")


def reach(networks: list[str] | None) -> "Reach":
    """Return whom facts may be sent to: public addresses, and the networks that are named.

    Raises:
        BadNetwork: one cannot be read.
    """
    from holdfast.outbound import guarded  # noqa: PLC0415 - it takes long to import

    texts = networks or os.environ.get(SETTING, "").split(",")
    for text in texts:
        try:
            guarded.networks([text])
        except ValueError as error:
            raise BadNetwork("--webhook-network", text=text[:100]) from error
    return guarded.Reach(guarded.networks(texts))
