"""The service: the HTTP API over one database, for a marketplace's machines. See `docs/service.md`.

- `routes`: which command stands at which path, by one rule and a short table
- `resources`: which rows are read at which path
- `bodies`: from the bytes of a request to a command, or to the field that is at fault
- `times`: instants as RFC 3339 in documents, whichever struct they stand in
- `documents`: facts, rows and tasks as they are answered
- `languages`: which language a reader asked for; `problems`: refusals as problem+json (RFC 9457)
- `refusals`: what the service itself refuses
- `asking`: what a request says beside its body: its key, its query
- `receiving`: a request's body, within its bounds
- `service`: what all requests share: the front, the readers, the clock; `readers`: connections to read over
- `markets`: the live market's service and those of its sandboxes; `sandboxes`: found, opened, closed again
- `outcomes`: outcomes of commands, and of their dry runs, as they are answered; `failing`: errors as problems
- `callers`: whose credential a request has; `rates`: how often one may ask; `admission`: both, and may it
- `permissions`: who may do what, one table; `reach`: what its lines are made of
- `owning`: whose a command, a row, a fact is; `showing`: what a caller sees of one; `watching`: who read it
- `staying`: the session of who goes on asking stays open
- `operation`: an operation, declared once: its path, what answers it, what its documentation says
- `commands`, `batch`, `reads`, `explaining`, `sandbox_clock`: the operations, by what they do
- `answers`: what they return; `moving`: who moves a sandbox's clock
- `documenting`: the operations that describe all others; `catalogue`: all of them
- `application`: all operations as one ASGI application
- `entrance`: what every request passes: its id, its line in the log, and the end of the service
- `schemas`, `examples`, `openapi`: the OpenAPI document, made from the operations
- `page`: the page of all operations; `operations.html.j2` is its template
- `running`: the process: sockets, signals, the worker's threads; `logs`: what it writes on stderr
"""
