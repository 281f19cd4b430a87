"""Exports of marketplaces, and whatever a form can be written for: recognised by header, read by form.

- `form`: how an export is laid out and what its words mean; `shelf`: the forms in `shipped/`
- `recognising`, `columns`, `files`: which form a file is of, where its fields stand, which files are meant
- `cleaning`, `times`: what a cell says; `asking`: what a file lacks and its importer says
- `reading`, `assembling`, `found`: rows made orders: lines of one put together, what an export says of it
- `aftersales`, `statements`: money that went back; statements of payment providers
- `playable`, `links`: orders of a history, and what two of them may have in common, as keyed hashes
- `explaining`, `drafting`: how a file is read, told before; a form for one that is of none
- `refusals`: why an export cannot be taken as a whole
"""
