"""The worker: a process that does whatever is due by itself. Any number of them may run side by side.

- `job`: steps that are taken again and again, whatever passes; `running`: all jobs, until told to stop
- `deadlines`: deadlines that are due happen, slice by slice
- `provider`: the engine's requests are put to a payment provider, and its answers are submitted
"""
