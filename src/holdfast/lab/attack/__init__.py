"""The attack on the promise: a search for what a merchant and its accomplices can do that breaks it.

- `schedule`: what is done and when, under which policy, as data that can be cut and changed
- `stage`: does it on the core in memory, with a provider that answers, fails or is slow
- `acts`, `script`: what steps ask of the core; schedules written as people think of them
- `clauses`, `promise`: what is promised, clause by clause, in 中文 and English
- `oracle`: judges by commands, facts, transfers and published numbers; `books`: adds the entries up again
- `captures`, `takings`, `reach`, `tallies`, `watched`: what the oracle holds against that, and keeps
- `strategies`, `strategies_beyond`, `chance`: schedules to begin with, scripted and random
- `mutation`, `closeness`, `search`: what comes closest to a break is changed and tried again
- `hunt`: many searches over several processes
- `shrinking`, `telling`: what was found, as short as it can be, in words
"""
