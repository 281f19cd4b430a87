"""Access: who may come in, and as whom: keys of machines, people, their ways in, and their sessions.

- `model`: the rows
- `tokens`: what a caller sends: made, read, compared
- `admitting`: whether a key or a session lets in now, and who acts by it
- `refusals`: why not

What is allowed to whom that came in is not decided here. No secret is in this room: rows have its hash.
"""
