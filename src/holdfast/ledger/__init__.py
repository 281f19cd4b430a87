"""The ledger: double entry, holds, linked transfers, the waterfall.

- `model`: accounts, transfers (each is two entries), holds; and facts that only old journals have
- `chart`: the names of accounts, and which may go below zero
- `rules`: what a transfer and a hold must satisfy
- `book`: what handlers of all rooms call: post, hold, post a hold, void, waterfall;
  and what checks compare with accounts
- `expiry`: the deadline of a hold
- `refusals`: why not
- `checks`: what the audit finds wrong
- `words`: what is said of its facts; `room`: what this room has
"""
