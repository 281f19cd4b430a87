"""Claims: taken in, decided, and their payment asked for. The money is settlement's.

- `model`: commands; `facts`: what happens to a claim until it is paid
- `rules`: until when claims are taken, and what may be granted
- `book`: what other rooms call: a claim is filed, decided, or upheld whole
- `handlers`: one function a command
- `kept`: money of the merchant that is kept for open claims
- `payment`: what follows from a decision: less is owed, or the waterfall pays
- `waiting`: claims that were decided before a debit, or whose order ended without one
- `returns`, `withdrawn`: goods that came back, a delivery that had not been, and the claims that these are
- `refusals`: why not
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has

The row of a claim, its states, and what its payment makes known are settlement's: the waterfall, recoveries
and chargebacks there read it and write on it, and a row that a lower room reads lives in the lower room.
"""
