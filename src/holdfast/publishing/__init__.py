"""The writer of the log: facts to leaves, leaves to tiles, a signed head, witnesses, receipts.

Order of publishing: rows and leaf indices in one transaction, files to the disk, the head signed and swapped
outside of the database, witnesses, the checkpoint. Whatever is broken off is taken up where it was.

- `follower`: the log as a reader of the feed; `scribe`, `sequencer`: leaves of its facts, in its order
- `publisher`, `files`, `head`: from entries to a checkpoint that is out; `direct`: without a database
- `witnesses`, `standing`: asking them, and what became of it
- `worker`: goes on with all of this until it is told to stop; `anew`: beginning a new log
- `place`, `store`, `bucket`: a log's folder, and where its files are kept: on the disk, in object storage
- `receipts`, `openings`, `promises`: what is handed out
- `keyring`, `erasures`, `erased_again`: keys destroyed, the list of it, and again after a restore
- `refusals`: why the log does not go on
"""
