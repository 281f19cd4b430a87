"""The monitor: whoever trusts nobody reads a log, rebuilds its root, and looks for two stories.

- `source`, `web`: a log's files, from a folder or over HTTP (tlog-tiles)
- `rebuild`, `state`: the root out of the entries, from where the last run stopped
- `compare`: heads that the log signed in several places, and the proof where two of them disagree
- `trusted`: whom it believes, from a file
- `openings`, `rules`: what the facts say of the business, for whoever may read them
- `watch`: all of it, and what came out; `refusals`: why it cannot go on, or does not believe
"""
