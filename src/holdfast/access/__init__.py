"""Access: who may come in, and as whom: keys of machines, people, their ways in, and their sessions.

- `model`: the rows, states, `TRANSITIONS`
- `keys`, `people`, `ways`: what may be asked about them, and what is told
- `tokens`: what a caller sends: made, read, compared
- `admitting`: whether a key or a session lets in now, and who acts by it
- `rules`: which roles are given to whom, who decides it, and for how long one is in
- `issuing`, `enrolling`, `entering`: one function a command
- `refusals`: why not
- `checks`: what the audit finds wrong
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has

What is allowed to whom that came in is not decided here. No secret is in this room: rows have its hash.
"""
