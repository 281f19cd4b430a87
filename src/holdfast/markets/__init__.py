"""Markets: the live one, and sandboxes beside it, each with its own data, clock and policy.

- `model`: what a market is; `registry`: which sandboxes there are, made and removed
- `tables`: a sandbox's clock, its moves, and what those outside will do, as rows
- `standing`: commands at the time of a clock that stands
- `stage`: time passes in a sandbox; `moving`: somebody has it pass
- `outside`: what those outside do because of a fact
- `refusals`: why a market cannot be made, found or moved
"""
