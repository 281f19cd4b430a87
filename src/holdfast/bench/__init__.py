"""The measurements of `holdfast bench`: each figure beside its target and a floor from the same run.

- `figure`: a figure, its target, its floor
- `core`: which measurements there are, and running them
- `memory`, `olist`: the handlers alone, and a real history replayed
- `market`: who trades and what is asked in the loads
- `schema`: the PostgreSQL schema that a measurement has to itself
- `load`: asyncio callers in a closed loop
- `floor`: the same bytes by COPY and commit, nothing else
- `postgres_load`, `growth`: the figures over PostgreSQL
- `lab`: the market with adversaries
- `trail`: which measurements of the log there are, and running them
- `trail_memory`, `trail_receipts`: its tree, its receipts and what verifies them
- `trail_outbox`, `trail_behind`: from the outbox to a signed head, how fast and how far behind
- `trail_cost`: what it costs the engine; `trail_beside`: a process that runs beside a measurement
"""
