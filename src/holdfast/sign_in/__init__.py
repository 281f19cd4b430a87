"""Sign-in: what a door does to find out who somebody is. It has secrets in hand; `access` has their hashes.

- `coming`: who comes by a token
- `by_password`: signing in by a password, or an invitation
- `passwords`: Argon2id, with the same work for people who are not there
- `refusals`: why not
"""
