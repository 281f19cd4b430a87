"""Verifying what somebody was handed, by himself: no database, no network, nothing of ours but these files.

- `given`: what a file is, told by its bytes
- `heads`: heads of logs that are believed, how old they are, and whether one grew out of another
- `facts`: receipts, openings, leaves: what was logged
- `promises`: whether the log kept its word
- `checking`: all files together, a verdict for each
- `main`: the command `holdfast-verify`; `refusals`, `words`: what proves nothing, in English and 中文

It imports nothing but `trail`, `kernel` and what these need: it is installed alone, too.
"""
