"""Guarantees: a bank's 保函 or an insurer's 保证保险 that stands beside a merchant's money.

- `model`: the row, its states, `TRANSITIONS`, commands, facts
- `rules`: what counts as cover, until when, and what it pays
- `handlers`: recording, releasing, what the issuer answers, what its dates bring
- `book`: what the waterfall may call, and calling it
- `refusals`: why not
- `checks`: what the audit finds wrong
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
