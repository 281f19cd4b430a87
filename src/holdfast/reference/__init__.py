"""The reference: documents that are generated from the code, and the check that they have not drifted.

- `catalogue`: every command, fact, refusal and account
- `states`: every table of transitions as a diagram
- `settings`: every number of the policies, with unit and source
- `forms`: every form of an export; `market`: every number of the lab's market
- `permissions`: who may do what by the service
- `law`, `law_page`: every duty of law with its rule and its test, from the files in `duties`
- `__main__`: `python -m holdfast.reference --write docs`, `--check docs`
"""
