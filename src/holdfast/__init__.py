"""Holdfast (稳付): the protection layer for pay-after-use commerce (先用后付).

The core is pure: commands ask, rows are the present state, facts tell what happened.

- `kernel`: what every room is built from
- `journal`: which requests were answered, and what is told of the log and the clock
- `ledger`, `policy`: double entry; every number of the business
- `access`: who may come in, and as whom
- `parties`, `coverage`, `guarantees`: who trades, what could be claimed of them, and who stands for that
- `webhooks`: where facts are to be sent to, and how that is signed
- `orders`, `settlement`: the pay-later order, and its money
- `evidence`, `claims`: files and through whose hands they went; claims taken in and decided
- `enforcement`: who ran away is wound down
- `house`, `reactions`: what all rooms have, collected; when X happened, then Y
- `engine`: commands in batches, deadlines, the home in memory
- `telling`: the story of facts in words, in both languages

Around it stands what reads and writes.

- `postgres`, `server`: the home over PostgreSQL, and a server for it
- `audit`: every invariant of the books
- `policy_files`: policies as files, with units and sources
- `sign_in`: passwords, and who somebody is
- `outbound`: the one client that asks strangers
- `trail`, `publishing`: the log of all facts: its formats, and writing it
- `witness`, `monitor`, `verify`: whoever trusts nobody
- `packing`: evidence handed over
- `delivering`: facts are sent to the endpoints of webhooks
- `worker`: deadlines, the log and the provider, as long as it runs
- `service`: the HTTP API, for a marketplace's machines
- `markets`: the live market, and sandboxes beside it, each with its own data and clock
- `importers`, `replay`, `psp`: histories of marketplaces, run under several policies
- `lab`, `bench`: policies against adversaries; how fast it is
- `cli`, `reference`: the command line; documents that are made from the code
"""
