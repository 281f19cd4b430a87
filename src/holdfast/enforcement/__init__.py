"""Enforcement: declaring a merchant absconded, and the wind-down that follows.

- `model`: the wind-down, its stages, `TRANSITIONS`, commands, facts
- `handlers`: declaring by two people, withdrawing
- `wind_down`: debits paused, undelivered orders cancelled, captured ones refunded or their consumers invited
- `sweep`: claims paid from their own orders, the others together
- `refusals`: why a merchant may not be declared absconded
- `checks`: the invariants of its rows
- `settings`: the numbers of the policy that it is the lowest room to read
- `words`: the sentences that tell its facts; `room`: the declaration of this room
"""
