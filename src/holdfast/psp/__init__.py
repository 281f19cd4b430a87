"""Payment providers: what they answer to what Holdfast asks of them.

- `sandbox`: a provider that always answers, after a set time
"""
