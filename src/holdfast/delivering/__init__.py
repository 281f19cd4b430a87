"""Delivering: facts are sent to the endpoints of webhooks, by the Standard Webhooks specification 1.0.0.

One deliverer of a schema works at a time; others stand by. It reads the feed once for all endpoints, keeps
what is not delivered yet in lines, one for each subject of an endpoint, and writes down what became of it.

- `messages`: a fact on its way to an endpoint, and which facts an endpoint wants
- `bodies`: what is sent: Standard Webhooks, or CloudEvents
- `signing`: keys as people see them, and signatures
- `schedule`: when it is tried again, and until when
- `lines`: what waits for an endpoint, in order by subject
- `endpoints`: the endpoints as the deliverer knows them: how each fares, and how much it is sent at once
- `sending`: one attempt, and how its answer is judged
- `intake`: facts come in, and are given to the endpoints that want them; `source`: what is read for that
- `flights`: what is sent and not answered yet, bounded
- `changes`: what is to be written down; `book`: writing it, and reading it back
- `deliverer`: the job
- `history`: what was attempted and what waits, for people
"""
