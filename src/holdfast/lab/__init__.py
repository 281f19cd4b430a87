"""The lab: a market of agents on the core, with adversaries, under one release policy after another.

- `distributions`, `market`, `market_file`: a market of `markets/`, each number with its unit and its source
- `sellers`, `buying`, `parting`: the merchants, the orders of each day, and orders that come in parts
- `guarantees`, `ring`: who brings a guarantee; the acts of a merchant and its accomplices before it is gone
- `world`: the answers of providers, arbiters, risk officers, consumers and merchants to facts
- `home`: rows in memory that are forgotten once nothing can happen to them any more
- `measures`, `simulation`: one run of one market under one policy, and its figures
- `jobs`, `runs`: many runs over several processes, each kept when it is finished; the work of the commands
- `comparison`, `intervals`: policies side by side, with confidence; `duels`: which dominates which
- `locked`: money locked, in days of sales; `results`: all results, as data
- `learning`, `effort`: the search for the strategy that costs a policy most, and how hard it searches
- `fund`: how large the guarantee fund must be
- `fitting`: a market's distributions from an order history
- `report`: one file that explains itself; `attack`: the search for breaks of the promise
"""
