"""The attack on the promise: a search for acts of a merchant and its accomplices that break it.

- `schedule`: acts, their times and the policy, as data that can be cut and changed
- `stage`: performs it on the core in memory, with a provider that answers, fails or is slow
- `acts`, `script`: the commands of steps; schedules written as people think of them
- `clauses`, `promise`: the promise, clause by clause, in 中文 and English
- `oracle`: judges by commands, facts, transfers and published numbers; `books`: adds the entries up again
- `captures`, `takings`, `reach`, `tallies`, `watched`: the sums that the oracle compares, and its memory
- `strategies`, `strategies_beyond`, `chance`: schedules to begin with, scripted and random
- `mutation`, `closeness`, `search`: the schedule closest to a break is changed and tried again
- `hunt`: many searches over several processes
- `shrinking`, `telling`: the finds, as short as they can be, in words
"""
