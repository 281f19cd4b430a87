"""The writer of the log: facts to leaves, leaves to tiles, a signed head, witnesses, receipts.

Order of publishing: rows and leaf indices in one transaction, files to the disk, the head signed and swapped
outside of the database, witnesses, the checkpoint. Whatever is broken off is taken up where it was.
"""
