"""The receiver that the page of webhooks shows verifies what it is sent, and takes each message once."""

import re
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from holdfast.webhooks.model import RegisterEndpoint, ReplayDeliveries, RotateSecret
from receivers import Delivering

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


def test_the_receiver_of_the_page_takes_each_message_once_and_nothing_that_is_not_signed(
    migrated_url: str,
) -> None:
    [shown] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(shown, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    with closing(Delivering(migrated_url)) as market, names["serve"]("whsec_AAAA", 0) as server:
        market.opened()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        market.do(RegisterEndpoint(endpoint_id="e1", url=url))
        [names["Receiver"].webhook] = [names["Webhook"](secret) for secret in market.secrets("e1")]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            facts = market.sell("o1")
            deliverer = market.deliverer()
            market.until_idle(deliverer)
            assert [*names["taken"]] == [fact.id for fact in facts]
            market.do(ReplayDeliveries(endpoint_id="e1", from_position=0))
            market.until_idle(deliverer)
            assert set(names["taken"]) == {fact.id for fact in market.home.facts()}
            before = len(names["taken"])
            market.do(RotateSecret(endpoint_id="e1", grace_hours=0))
            market.sell("o2")
            market.until_idle(deliverer)
            assert len(names["taken"]) == before
            assert (400,) in market.query("SELECT DISTINCT status FROM webhook_attempts")
        finally:
            server.shutdown()
            thread.join()
