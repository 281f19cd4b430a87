"""The measurements of `holdfast bench trail`: the log of all facts.

- `core`: which measurements there are, and running them
- `memory`: the tree alone; `receipts`: its receipts and what verifies them
- `feed`, `behind`: from the feed to a signed head, how fast and how far behind
- `cost`: what it costs the engine
"""
