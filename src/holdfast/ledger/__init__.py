"""The ledger: double entry, holds, linked transfers, the waterfall.

- `model`: accounts, transfers (each is two entries), holds; commands and facts
- `chart`: the names of accounts, and which may go below zero
- `rules`: what a transfer and a hold must satisfy
- `book`: what handlers of all rooms call: post, hold, post a hold, void, waterfall
- `handlers`: one function a command
- `refusals`: why not
- `words`: what is said of its facts; `room`: what this room has
"""
