"""The journal: who acted, which requests were answered, and what is told of log and clock.

- `model`: commands and facts about the journal itself, its log and its clock
- `requests`: idempotency keys and the answers that are kept under them
- `feed`: positions, named readers and their cursors; `held`, `erasing`: what the log holds, what may go
- `pages`, `listing`: what is asked of the journal page by page, and of rows by subject
- `proposals`, `proposing`: commands that several people have to ask for, until there are enough of them
- `handlers`: one function a command
- `refusals`: why not
- `stored`: facts as they are stored, read as today's
- `checks`, `proposal_checks`: what the audit finds wrong
- `settings`: what the policy says of it
- `words`: what is said of its facts; `room`: what this room has
"""
