"""Packages of evidence (BagIt, RFC 8493), in a folder or a .zip.

- `checking`: a whole package checked, and what it proves
- `names`: which files a package may have, and what each is; `media`: which endings
- `files`, `zip`: reading them, from a folder or out of a .zip that is never unpacked
- `manifests`: the lists of files with their hashes
- `facts`: what was logged, with its receipts and openings; what custody follows from it
- `refusals`: why a package is not believed
"""
