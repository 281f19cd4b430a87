"""Settlement: money in, money out, and claims paid.

- `model`: claims, payouts, debts; states, commands
- `facts`: what happens to money and claims; `told`: what the provider says of amounts, compared
- `capture`: the debit, its failure, advances, write-off
- `release`: held proceeds to the merchant, reserve, the end of an order
- `payout`: to the merchant, through a hold until the provider confirms
- `claims`, `refunds`, `returns`, `withdrawn`: claims decided, money and goods sent back, what was not so
- `compensation`: the waterfall, and the debts that it leaves
- `recovery`, `recourse`: what is owed is taken and shared among claims that are short; issuers' recourse
- `deposits`: the merchant's deposit, the fund's capital
- `otherwise`, `otherwise_facts`: rows and facts of money that goes other ways than was asked
- `chargebacks`, `chargebacks_won`, `takings`: to banks, back from them, to authorities
- `doubts`, `repayment`, `owed_back`: debits in doubt, a consumer's own money, what somebody got twice
- `received`, `receipts`: money that came in and names nothing that is known
- `refusals`: why not
- `words`: what is said of its facts; `room`: what this room has
"""
