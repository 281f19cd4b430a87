"""Policy: every number of the business, as data with its unit and its source.

- `model`: `Policy`, its settings, and the rows that remember adopted versions and which of them is in force
- `settings`: what a setting is: its place in the file, its unit, bounds and meaning
- `task_settings`: those of work for people
- `handlers`: bringing a version into force
- `release`: the five release policies and how they are written: `full`, `rolling_reserve(15%, 30 d)`
- `sourced`: what any file of numbers with units and sources has in common
- `reading`: one TOML file to one validated `Policy`; `writing`: the way back
- `versions`: which version was in force when, from the journal
- `refusals`: why not
- `checks`: what the audit finds wrong
- `words`: what is said of its facts; `room`: what this room has
- `standard.toml`, `today.toml`: ours, and the baseline of what is usual now
"""
