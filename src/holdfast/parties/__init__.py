"""The parties: merchants with their owners, and consumers with their consent and limit.

- `model`: rows, states, `TRANSITIONS`, commands, facts
- `rules`: who may sell and who may buy on pay-after-use
- `book`: the same of a merchant with its owners
- `handlers`: one function a command
- `refusals`: why not
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
