"""Settlement: money in, money out, and claims paid.

- `model`: claims, payouts, debts; states, commands
- `facts`: what happens to money and claims
- `capture`: the debit, its failure, advances, write-off
- `release`: held proceeds to the merchant, reserve, the end of an order
- `payout`: to the merchant, through a hold until the provider confirms
- `claims`: opening, deciding, refunds and returns
- `compensation`: the waterfall, and the debts that it leaves
- `recovery`: what is owed is taken, shared among all claims that are short
- `deposits`: the merchant's deposit, the fund's capital
- `refusals`: why not
"""
