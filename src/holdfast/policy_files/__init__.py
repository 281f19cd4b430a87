"""Files of policies: read and written by the settings that the rooms declare.

- `reading`: one TOML file to one validated `Policy`; `writing`: the way back
- `groups`: the tables of such a file
- `sourced`: what any file of numbers with units and sources has in common
- `standard.toml`, `today.toml`: ours, and the baseline of what is usual now
"""
