import re
from importlib.resources import files

import pytest
from report_samples import replay

from holdfast.replay.report import render


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_meet_wcag_aa(scheme: str) -> None:
    html = render(replay())
    block = re.findall(rf"color-scheme: {scheme};(.*?)\}}", html, re.DOTALL)[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for text in ("ink", "soft", "accent", "loss", "safe"):
        for ground in ("paper", "wash", "loss-wash"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    lines = [name for name in colours if name.startswith("policy-")]
    for name in [*lines, "today", "order", "available", "reserve", "deposit", "fund", "uncovered", "rule"]:
        assert _contrast(colours[name], colours["paper"]) >= 3, name
    for name in [*lines, "today"]:
        assert _contrast(colours[name], colours["paper"]) >= 4.5, f"{name} labels its line"


def test_the_charts_library_is_the_one_named_and_keeps_its_licences() -> None:
    vendor = files("holdfast.replay.report").joinpath("vendor")
    library = vendor.joinpath("echarts.common.min.js").read_text("utf-8")
    named = re.search(r"Apache ECharts (\d+\.\d+\.\d+)", render(replay()))
    assert named is not None
    assert f'version="{named[1]}"' in library
    for name in ("LICENSE-echarts", "NOTICE-echarts", "LICENSE-d3"):
        assert vendor.joinpath(name).is_file()
