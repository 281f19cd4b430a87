"""Claims: taken in, decided, and their payment asked for. The money is settlement's.

- `model`: commands; `facts`: a claim's life until it is paid
- `rules`: until when claims are taken, and how much may be granted
- `book`: the functions that other rooms call: a claim is filed, decided, or upheld whole
- `handlers`: one function a command
- `kept`: money of the merchant that is kept for open claims
- `payment`: the consequence of a decision: less is owed, or the waterfall pays
- `waiting`: claims that were decided before a debit, or whose order ended without one
- `returns`, `withdrawn`: goods that came back, deliveries reported in error, and the claims that these are
- `refusals`: why a claim may not be taken or decided
- `settings`: the numbers of the policy that it is the lowest room to read
- `words`: the sentences that tell its facts; `room`: the declaration of this room

The row of a claim, its states, and the facts of its payment are settlement's: the waterfall, recoveries and
chargebacks there read it and write on it, and a row that a lower room reads lives in the lower room.
"""
