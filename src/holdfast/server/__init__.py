"""Running a PostgreSQL server: the embedded one of a data folder, and the backups of any.

- `database`: which database is meant; starting, stopping and looking at it
- `cluster`: the embedded server's data folder, made once and whole; `holdfast.conf` are its settings
- `postmaster`: the process that serves a data folder, found, ended, buried
- `account`: whom it runs as where root starts it; `programs`: PostgreSQL's own programs
- `archive`, `backup`, `restore`: a backup's file, writing it, putting it in the database's place
- `refusals`: why not

What is in the database is `postgres`: this room asks it for connections and for the schema's revision.
"""

from pathlib import Path

DEFAULT_DATA = Path("holdfast-data/postgres")
"""The embedded server's folder under the current directory, where nothing else is said."""
