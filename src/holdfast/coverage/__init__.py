"""Coverage: what a merchant's consumers could justly claim now, and what is there to pay it.

- `model`: one row a merchant, kept current with every fact
- `rules`: ratio, required cover, the five release policies
- `book`: what other rooms call when exposure or cover changes
- `refusals`: why an order or a payout waits
"""
