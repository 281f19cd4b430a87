"""Evidence as files: kept by their hashes, and handed over in packages that verify without us.

- `media`: what a file is, by its bytes
- `blobs`: the files themselves, by their hashes
- `subject`: whom a package is about, and which facts are in it
- `package`, `bagging`: writing a package (BagIt, RFC 8493), its hashes taken on the way
- `cover`, `words`: the page that people read first, and how it says what is of it alone
- `timestamps`: asking an authority for a timestamp (RFC 3161)
- `refusals`: why not

`trail.bag` reads what is written here, and is asked before anything is handed over.
"""
