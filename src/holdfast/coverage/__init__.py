"""Coverage: what a merchant's consumers could justly claim now, and what is there to pay it.

- `model`: one row a merchant, kept current with every fact; one row a category
- `rules`: ratio, hazard, required cover, the release policies
- `record`: what the past tells of a merchant and its peers, renewed once a window
- `book`: what other rooms call when exposure or cover changes
- `refusals`: why an order or a payout waits
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
