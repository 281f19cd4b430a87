"""The trail: every fact a leaf of a Merkle log that strangers verify offline, with software of their own.

One file a concept of the texts of C2SP (c2sp.org), byte for byte:

- `merkle`: the hash tree of RFC 6962, its compact range, its proofs
- `tile`, `bundle`, `growth`: the tree and its entries as files, and how they come about (tlog-tiles)
- `note`, `keys`: signed notes, and keys as people write them (signed-note)
- `checkpoint`, `cosignature`: the head of a log, and what a witness says of it
- `heads`: which heads are believed, and when they were seen; `findings`: what is proven, and what is not
- `leaf`, `opening`: what the log says of a fact, and what opens it
- `folder`: a log on the disk; `reading`: files of strangers
- `proof`, `policy`: a receipt that needs nothing else, and whom to believe (tlog-proof, tlog-policy)
- `promise`: what is handed out before there is a receipt
- `consistency`: that a log only grew; `timestamp`: when something was there at the latest (RFC 3161)
- `bag`: packages of evidence (RFC 8493), in a folder or a .zip

These import nothing but `kernel` and `cryptography`: `holdfast-verify` is made of them.
"""
