"""The worker: what happens by itself, as long as it runs. Any number of them may run side by side.

- `job`: steps that are taken again and again, whatever passes; `running`: all jobs, until told to stop
- `deadlines`: what is due happens, slice by slice
- `provider`: what the engine asks of a payment provider is asked of it, and its answers are submitted
"""
