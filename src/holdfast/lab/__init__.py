"""The lab: a market of agents on the core, with adversaries, under one release policy after another.

- `distributions`, `market`: a market file, each number with its unit and its source
- `strategies`: what an adversary does, and when, as data
- `sellers`, `buying`: who is there, and what is ordered each day
- `world`: what providers, arbiters, risk officers, consumers and merchants answer to facts
- `home`: rows in memory that are forgotten once nothing can happen to them any more
- `measures`, `simulation`: one run of one market under one policy, and what it found
- `jobs`: many runs over several processes, each kept when it is finished
- `comparison`, `intervals`: policies side by side, with confidence
- `learning`: the search for the strategy that costs a policy most
- `fund`: how large the guarantee fund must be
- `fitting`: a market's distributions from an order history
- `report`: one file that explains itself
"""
