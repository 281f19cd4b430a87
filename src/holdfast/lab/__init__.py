"""The lab: a market of agents on the core, with adversaries, under one release policy after another.

- `distributions`, `market`, `market_file`: a market of `markets/`, each number with its unit and its source
- `sellers`, `buying`, `parting`: who is there, what is ordered each day, and what comes in parts
- `guarantees`, `ring`: who brings a guarantee; what a merchant and its accomplices do before it is gone
- `world`: what providers, arbiters, risk officers, consumers and merchants answer to facts
- `home`: rows in memory that are forgotten once nothing can happen to them any more
- `measures`, `simulation`: one run of one market under one policy, and what it found
- `jobs`, `runs`: many runs over several processes, each kept when it is finished; what the commands do
- `comparison`, `intervals`: policies side by side, with confidence; `duels`: which dominates which
- `locked`: money locked, in days of sales; `results`: all that was found, as data
- `learning`, `effort`: the search for the strategy that costs a policy most, and how hard it searches
- `fund`: how large the guarantee fund must be
- `fitting`: a market's distributions from an order history
- `report`: one file that explains itself; `attack`: the search for what breaks the promise
"""
