"""Importers: a market's history from a file, a folder or a generator, and what was refused on the way.

- `history`: what every importer makes: orders, rejects, repairs, vanishings
- `source`: `read`, which chooses the importer by what it is given
- `olist`, `plain`, `demo`: the importers; `plain` also writes, `catalog` is what the demo's merchants sell
- `table`, `parquet`: rows and their line numbers out of files; `cells`: one value out of a cell
- `chronology`: events that are out of order, put in order and reported
- `rejects`: the refused rows and the repairs as CSV files; `atomic`: files that are whole or not there
- `refusals`: why a whole import was refused
"""
