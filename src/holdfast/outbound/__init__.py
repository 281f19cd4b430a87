"""Outbound HTTP: the one client for requests to strangers, with a bound on everything that they may do.

- `limits`: the time for all of an exchange, and what is raised when there was no whole answer
- `address`: which URLs are asked at all
- `network`: connections of which every step, a name's lookup and TLS among them, ends in that time
- `client`: the client, on httpx
- `guarded`: which addresses may be asked where strangers say whom to ask; `posting`: many posts at a time to
  such, on httpcore and asyncio

It goes where the URL says and nowhere else: no redirect is followed, no proxy, cookie, password or other
setting of the environment is used, and TLS believes whom the system believes. Only `client`, `network` and
`posting` import httpx and httpcore, which take as long as all the rest of a command: import them where used.
"""
