"""A witness: it cosigns a log's head if the head extends all heads before, and stores the last one.

Two HTTP calls, as c2sp.org/tlog-witness has them: `add-checkpoint`, whose body is `trail.consistency`, and
the head of a log that was cosigned last.

- `rules`: when a head is cosigned, and which answer is given when not
- `memory`: the last head of each log, and the forks that were caught, in a folder
- `cosigner`: the rules applied, one request for a log at a time, what it says written before it is said
- `key`, `logs`: what a witness signs with, and whom it watches
- `server`, `client`: both ends of the calls; `exchange`: one request to a stranger
- `refusals`: why there is no cosignature
"""
