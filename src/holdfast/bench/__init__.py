"""The measurements of `holdfast bench`: each figure beside its target and a floor from the same run.

- `figure`: a figure, its target, its floor
- `core`: which measurements there are, and running them
- `memory`, `olist`: the handlers alone, and a real history replayed
- `bare`: bare money, which measurements move and the product does not
- `market`: who trades and what is asked in the loads; `load`: asyncio callers in a closed loop
- `schema`: the PostgreSQL schema that a measurement has to itself
- `floor`: the same bytes by COPY and commit, nothing else
- `postgres_load`, `growth`, `deadlines`, `pages`: the figures over PostgreSQL
- `beside`, `peak`: a process that runs beside a measurement, and the most memory that one has had
- `importing`: files of any size, imported
- `lab`: the market with adversaries
- `trail`: the log of all facts; `api`: the service over HTTP
"""
