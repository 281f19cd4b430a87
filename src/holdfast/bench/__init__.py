"""The measurements of `holdfast bench`: each figure beside its target and a floor from the same run.

- `figure`: a figure, its target, its floor
- `core`: which measurements there are, and running them
- `memory`, `olist`: the handlers alone, and a real history replayed
- `market`: who trades and what is asked in the loads
- `schema`: the PostgreSQL schema that a measurement has to itself
- `load`: asyncio callers in a closed loop
- `floor`: the same bytes by COPY and commit, nothing else
- `postgres_load`, `growth`: the figures over PostgreSQL
"""
