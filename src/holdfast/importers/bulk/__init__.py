"""Files of any size into our own plain form: by columns where rows are plain, a chunk at a time in memory.

- `vectors`, `moments`: columns of cells read at once, by arithmetic; what is not plain is told, not guessed
- `chunk`: rows that were taken, as columns
- `plain_blocks`, `plain_chunks`: files of our own as chunks
- `row_blocks`, `order_lines`: rows of exports, and which of them make an order
- `cell_readers`, `marks`, `estimating`, `export_columns`, `export_chunks`: exports of marketplaces as chunks
- `draft`: where the chunks lie until it is known which of them count
- `gathering`: what files hold, put down as chunks; `refunding`: refunds that stand apart, joined to orders
- `settling`: of an id that stands several times, which row counts; parts and their wholes
- `writing`: what counts as a file, and the rejects and repairs beside it
- `whole`: files read into one history, which lies in memory
- `job`: all of it, from the files that are named to what is told of them
"""
