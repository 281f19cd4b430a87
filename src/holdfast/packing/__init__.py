"""Evidence as files: kept by their hashes, and handed over in packages that verify without us.

- `media`: what a file is, by its bytes
- `blobs`: the files themselves, by their hashes
- `subject`: whom a package is about, and which facts are in it
- `package`: writing a package (BagIt, RFC 8493)
- `cover`: the page that people read first
- `timestamps`: asking an authority for a timestamp (RFC 3161)

`trail.bag` reads what is written here, and is asked before anything is handed over.
"""
