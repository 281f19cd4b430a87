"""Guarantees: a bank's 保函 or an insurer's 保证保险 that stands beside a merchant's money.

- `model`: the row, its states, `TRANSITIONS`, commands, facts
- `rules`: how much of one counts as cover, until when, and which claims it pays
- `handlers`: recording, releasing, the issuer's answers, the guarantee's dates
- `book`: the functions that the waterfall calls: how much may be called, and calling it
- `refusals`: why a guarantee or an answer is not taken
- `checks`: the invariants of its rows
- `settings`: the numbers of the policy that it is the lowest room to read
- `words`: the sentences that tell its facts; `room`: the declaration of this room
"""
