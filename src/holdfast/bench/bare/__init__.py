"""Bare money: commands that post and hold between accounts of one's own, where no rule of orders guards them.

No home of the product answers them. A measurement, or a test of the ledger's books, builds its home with
`room.WITH_BARE`.

- `model`: the commands; their facts are the ledger's, as journals have them
- `rules`: what they must satisfy beside the rules of the ledger
- `handlers`: one function a command
- `room`: what this room has
"""
