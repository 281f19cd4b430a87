"""Enforcement: declaring a merchant absconded, and the wind-down that follows.

- `model`: the wind-down, its stages, `TRANSITIONS`, commands, facts
- `handlers`: declaring by two people, withdrawing
- `wind_down`: debits paused, undelivered orders cancelled, captured ones refunded or their consumers invited
- `sweep`: claims paid from their own orders, the others together
- `refusals`: why not
- `checks`: what the audit finds wrong
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
