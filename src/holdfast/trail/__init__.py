"""The trail: every fact a leaf of a Merkle log that strangers verify offline, with software of their own.

One file a concept of the texts of C2SP (c2sp.org), byte for byte:

- `merkle`: the hash tree of RFC 6962, its compact range, its proofs
- `tile`, `bundle`, `growth`: the tree and its entries as files, and how they come about (tlog-tiles)
- `note`, `keys`: signed notes, and keys as people write them (signed-note)
- `checkpoint`, `cosignature`: the head of a log, and what a witness says of it
- `leaf`: what the log says of a fact, and what opens it
- `folder`: a log on the disk
- `proof`, `promise`, `policy`: a receipt that needs nothing else, what is promised before it, and whom to believe

These import nothing but `kernel` and `cryptography`: `holdfast-verify` is made of them.
"""
