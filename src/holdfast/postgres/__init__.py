"""The home of the rows over PostgreSQL: its schema, the rows loaded for a batch, the changes written.

- `home`: the home itself, see `engine.home.Home`; `connection`, `line`, `wire`: how the database is reached
- `running`, `slices`: batches of commands, deadlines slice by slice; `progress`: how far they have come
- `transaction`: rows loaded and locked, work done on a desk, all written and committed; `session`: its desk
- `keys`: which rows a command will touch; `reading`, `pages`, `streams`: loading them, whole or bit by bit
- `writing`: changed rows and facts
- `tables`, `codec`: a row type's table, a value's binary form
- `revisions`, `compatibility`: which schema this code brings, and whether a database's is that one
- `migrate`, `applying`: bringing it there by the revisions in `migrations`
- `caching`, `exclusive`: rows kept while a connection is the only writer; `recent`: the rows used last
- `lacking`: the rows that a desk lacked; `remembered`: policies and listings, which never change
- `journal`, `fact_pages`: facts by their position in the feed, and in pages
- `task_rows`: rows that wait for people
- `keepers`: rows that are kept elsewhere
- `schemas`: those that a long job has to itself; `adoptions`: which policies were in force, from the journal
- `refusals`: why the database cannot be used
"""
