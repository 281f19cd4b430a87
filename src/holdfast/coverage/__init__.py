"""Coverage (担保): the exposure of a merchant, and the money and guarantees that stand against it.

- `model`: one row a merchant, kept current with every fact; one row a category
- `rules`: ratio, hazard, required cover, the release policies
- `record`: the past of a merchant and its peers, renewed once a window
- `book`: the functions that other rooms call when exposure or cover changes
- `refusals`: why an order or a payout waits
- `settings`: the numbers of the policy that it is the lowest room to read
- `words`: the sentences that tell its facts; `room`: the declaration of this room
"""
