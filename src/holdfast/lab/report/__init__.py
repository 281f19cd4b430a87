"""The report of a comparison: one HTML file, in Chinese and English, that needs no network.

It stands on the skeleton of the replay's report.

- `texts`: every text of the page, in both languages
- `answer`: the answer in a sentence or two
- `tables`: policies side by side, adversaries, learned strategies, which policy dominates
- `page`: render and write
- `lab.html.j2`, `lab.js`: the page
"""

from holdfast.lab.report.page import render, write

__all__ = ["render", "write"]
