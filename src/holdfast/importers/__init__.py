"""Importers: a market's history from a file, a folder or a generator, with the rejected rows.

- `history`: what every importer makes: orders, rejects, repairs, vanishings
- `source`: `read`, which chooses the importer by what it is given
- `exports`: forms of marketplaces; `grids`: tables in files of any kind; `bulk`: files of any size
- `ours`, `plain_rows`, `plain_writing`, `refunds`, `parts`: our own form, read and written
- `olist`, `olist_files`, `demo`: a public data set, a generator; `catalog`: what the demo's merchants sell
- `table`, `parquet`, `rows`: rows and their line numbers out of files; `cells`, `spreadsheet`: one value
- `chronology`, `days`, `wall`: events put in order, dates without a time, times without a zone
- `explaining`: how files are read, told before anything is taken
- `rejects`: the refused rows and the repairs as CSV files; `atomic`: files that are whole or not there
- `refusals`: why a whole import was refused
"""
