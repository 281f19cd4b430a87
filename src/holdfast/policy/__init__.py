"""Policy: every number of the business, as data with its unit and its source.

- `model`: `Policy`, its settings, and the rows that remember adopted versions and which of them is in force
- `handlers`: bringing a version into force
- `release`: the five release policies and how they are written: `full`, `rolling_reserve(15%, 30 d)`
- `versions`: which version was in force when, from the journal
- `refusals`: why not
- `checks`: what the audit finds wrong
- `words`: what is said of its facts; `room`: what this room has

What a setting means and its bounds stand in the room that reads it; files of policies, which take them from
there, are read and written in `policy_files`, above all rooms.
"""
