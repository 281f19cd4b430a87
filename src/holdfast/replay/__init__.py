"""Replay: a market's history run through the engine under several policies, with a report of the results.

- `runner`: `run`, the whole job
- `policies`: the policies that a user names, and `today` beside them
- `timeline`: a history as commands at their own times; `world`: what it does not tell, assumed
- `people`: who decides in a history, or in the lab's market
- `course`, `refunds`, `money_back`: of one order: its commands, and what goes back to the consumer
- `drops`, `taken`: what the engine did not take of a history, and how much of it ran
- `homes`: where a policy's replay lives: in memory, or in a schema of PostgreSQL; `resumption`: gone on with
- `logged`: the facts of the first policy, in a log that anybody can verify
- `tally`: what is heard of a replay, summed up; `standing`, `compensated`, `story`: its parts
- `results`: what comes out, as data; `sentence`, `wording`: the answer in words; `report`: as a page
- `document`: the results as the JSON of the command
"""
