"""Two logs that attacks are tried on."""

from collections.abc import Iterator

import pytest

from attacking import SIZE, Operator, entry, running


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A log of 600 facts that both witnesses saw, for attacks that change nothing of it."""
    with running(tmp_path_factory.mktemp("standing")) as log:
        log.append(entry(number) for number in range(SIZE))
        yield log


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A log of somebody else who gave it the same name, with the same facts in it and the same witnesses."""
    with running(tmp_path_factory.mktemp("stranger")) as log:
        log.append(entry(number) for number in range(SIZE))
        yield log
