"""The kernel: what every room is built from. No I/O, no clock of its own.

- `money`, `currencies`: exact amounts in minor units of an ISO 4217 currency
- `clock`, `zones`: instants (milliseconds since the Unix epoch, UTC), durations, clocks; the time on a wall
- `guard`: what a clock may say, held against the newest fact
- `ids`, `identity`: time-ordered ids from a handed-in source of randomness; what any id may hold
- `actor`: who acts, and in which role; `told_by`: who acted, as facts said it before they had actors
- `rows`: the frozen structs that are commands, facts and current state
- `refusal`, `sorts`: a command's answer when it may not happen: code, what, where, how to fix; and its sort
- `desk`: the working set that handlers read and write
- `index`: which rows a handler may page through, by conditions
- `approval`: how many people decide a command; `task`: which rows wait for a person
- `check`: what an invariant of the books reads and finds
- `setting`: what a number of the policy means, and its bounds
- `room`: what a room of the core declares
- `text`: words for people, in both languages; `system_errors`: what the operating system says, in both
- `states`: one `advance` for every table of transitions
- `interrupt`: Ctrl-C at whichever instant of a program's life
"""
