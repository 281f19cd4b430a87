"""The report of a replay: one HTML file, in Chinese and English, that needs no network.

- `texts`: every text of the page, in both languages
- `comparison`: the policies side by side, figure by figure
- `series`: the charts' data and the tables beneath them
- `story`: run-aways, day by day
- `skeleton`: what every report has in common
- `page`: render and write
- `page.html.j2`, `style.css.j2`, `page.js`, `early.js`: the page; `vendor/`: Apache ECharts and its licences
"""

from holdfast.replay.report.page import render, write
from holdfast.replay.report.texts import EVENTS

__all__ = ["EVENTS", "render", "write"]
