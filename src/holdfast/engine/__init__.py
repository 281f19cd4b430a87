"""The engine: commands in batches, deadlines, idempotency; the same over both homes.

- `bounds`: what can be kept at all
- `execution`: one command, or one wake, on a desk: facts, or a refusal that leaves no trace
- `agreement`: what several people have to ask for, run with the last of them
- `failures`: errors of ours, each of one command or one deadline alone
- `agenda`: commands and deadlines in the order of their time
- `rehearsing`: what a command would do, without doing it
- `home`: what a home of the rows offers
- `tasks`: the one list of work that waits for people
- `memory`: the home in memory
- `front`: many asyncio callers, few batches; `tuning`: how their latency is kept even
"""
