"""Webhooks: the endpoints that the marketplace and merchants want facts sent to, and their signing secrets.

What is sent, and what became of it, is the work of `holdfast.delivering`.

- `model`: the rows, states, `TRANSITIONS`, commands, facts
- `rules`: which addresses, kinds of facts and numbers are taken
- `signing_keys`: keys are made, and replaced with a time in which both sign
- `handlers`: one function a command; `refusals`: why not
- `checks`: what the audit finds wrong
- `words`: what is said of its facts; `room`: what this room has
"""
