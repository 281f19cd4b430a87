"""The monitor: whoever trusts nobody reads a log, rebuilds its root, and looks for two stories.

- `source`, `web`: a log's files, from a folder or over HTTP (tlog-tiles)
- `rebuild`, `state`: the root out of the entries, from where the last run stopped
- `compare`: heads that the log signed in several places, and the proof where two of them disagree
- `trusted`: its trust policy, from a file
- `openings`, `opened_fact`, `rules`: rules of the business over the facts, for whoever may read these
- `watch`: a whole run, and its report; `refusals`: why it cannot go on, or does not accept
"""
