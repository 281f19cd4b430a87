"""Settlement: money in, money out, claims paid, and debts recovered.

- `model`: claims, payouts, debts; states, commands
- `facts`: what happens to money; `told`: amounts that the provider reports, compared with those it was asked
- `rules`: how much of an order can be claimed or paid back
- `capture`: the debit, its failure, advances, write-off
- `release`: held proceeds to the merchant, reserve, the end of an order
- `payout`: to the merchant, through a hold until the provider confirms
- `refunds`: the merchant pays back of its own accord; `less_owed`: what follows where less is owed
- `waterfall`: the sources that consumers are paid from; `book`: the functions that other rooms call
- `recovery`, `recourse`: debts are taken and shared among claims that are short; issuers' recourse
- `deposits`: the merchant's deposit, the fund's capital
- `otherwise`, `otherwise_facts`: rows and facts of money that goes other ways than was asked
- `chargebacks`, `chargebacks_won`, `takings`: to banks, back from them, to authorities
- `doubts`, `repayment`, `owed_back`: debits in doubt, a consumer's own money, amounts that somebody got twice
- `received`, `receipts`: money that came in and names nothing that is known
- `refusals`: why money may not move
- `tasks`: the work that waits for people
- `checks`, `otherwise_checks`: invariants of claims and debts; of payouts and money that went other ways
- `settings`: the numbers of the policy that it is the lowest room to read
- `words`: the sentences that tell its facts; `room`: the declaration of this room

The row of a claim is here, and not in the room of claims above that takes claims in and decides them: the
waterfall, recoveries and chargebacks read it and write on it.
"""
