"""The pay-later order, from placing to its end.

- `model`: the order, its listing's snapshot, states, `TRANSITIONS`, commands, facts
- `facts`: what happens to orders
- `rules`: what may be placed, and the one function that says when an order wakes next
- `book`: an order is found, saved with its next deadline, paused and resumed, ended; less is owed
- `handlers`: placing, confirming, cancelling, after-sales; `deliveries`: shipping, delivering, performing
- `parts`: parts of an order that go their own ways; `services`: what is performed, not shipped
- `timers`: what an order does when it wakes
- `refusals`: why not
- `checks`: what the audit finds wrong
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
