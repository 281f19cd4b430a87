"""The audit: every invariant of the books, checked over whichever home they are in.

- `checks`: `audit`, and all the checks in their order
- `finding`: what a check reads and what it returns; heaps of things compared by their sums
- `ledger`, `orders`, `otherwise`: accounts and holds; orders, claims and debts; money that went other ways
- `recoveries`, `guarantees`: rounds of sharing what is recovered; banks' and insurers' promises
- `journal`: the facts in their order, answered requests, deadlines
- `astray`: money that is with somebody whose it is not, which breaks no invariant
"""
