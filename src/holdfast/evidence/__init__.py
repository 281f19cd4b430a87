"""Evidence of the parties: hashes of files, their provenance, and their chain of custody.

- `model`: evidence, custody, commands and facts
- `rules`: what can be recorded
- `handlers`: recording evidence, recording custody
- `refusals`: why something cannot be recorded
- `checks`: what the audit finds wrong
- `words`: what is said of its facts; `room`: what this room has

The bytes themselves are never here: a row holds their hashes, and `packing.blobs` keeps the files.
"""
