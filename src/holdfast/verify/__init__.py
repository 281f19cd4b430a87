"""Offline verification of files, by whoever was handed them: no database, no network, no trust in Holdfast.

- `given`: the sort of a file, told by its bytes
- `heads`: trusted heads of logs, how old they are, and whether one extends another
- `facts`: receipts, openings, leaves: which facts were logged
- `promises`: whether the log kept its word
- `checking`: all files together, a verdict for each
- `main`: the command `holdfast-verify`; `refusals`, `words`: why a file proves nothing, in English and 中文

It imports nothing but `trail`, `kernel` and what these need: it is installed alone, too.
"""
