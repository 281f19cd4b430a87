"""The audit: every invariant of the books, checked over whichever home they are in.

- `checks`: `audit`, which runs the checks of all rooms
- `astray`: money that is with somebody to whom it does not belong, which breaks no invariant
"""
