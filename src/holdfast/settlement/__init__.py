"""Settlement: money in, money out, claims paid, and what is recovered.

- `model`: claims, payouts, debts; states, commands
- `facts`: what happens to money; `told`: what the provider says of amounts, compared
- `rules`: what of an order can be claimed or paid back
- `capture`: the debit, its failure, advances, write-off
- `release`: held proceeds to the merchant, reserve, the end of an order
- `payout`: to the merchant, through a hold until the provider confirms
- `refunds`: the merchant pays back of its own accord; `less_owed`: what follows where less is owed
- `waterfall`: where what is paid back comes from; `book`: what other rooms call: claims are paid by it
- `recovery`, `recourse`: what is owed is taken and shared among claims that are short; issuers' recourse
- `deposits`: the merchant's deposit, the fund's capital
- `otherwise`, `otherwise_facts`: rows and facts of money that goes other ways than was asked
- `chargebacks`, `chargebacks_won`, `takings`: to banks, back from them, to authorities
- `doubts`, `repayment`, `owed_back`: debits in doubt, a consumer's own money, what somebody got twice
- `received`, `receipts`: money that came in and names nothing that is known
- `refusals`: why not
- `tasks`: what of it waits for people
- `checks`, `otherwise_checks`: what the audit finds wrong: with claims and debts; with payouts and other ways
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has

The row of a claim is here, and not in the room of claims above that takes claims in and decides them: the
waterfall, recoveries and chargebacks read it and write on it.
"""
