"""A replay that was broken off goes on where it was, in the database that it left.

What was already played is played again in memory, which takes seconds: the history, the world and the source
of ids are all determined by the run, so that the twin in memory stands exactly where the database does. From
it come what was found so far and what the outside world has still to answer.
"""

from collections.abc import Sequence

from holdfast.engine.agenda import Listen, React
from holdfast.engine.execution import Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.kernel.ids import Ids
from holdfast.policy.model import Policy
from holdfast.postgres.home import Postgres


def play(
    home: Home, policy: Policy, timeline: Sequence[Submission], react: React, listen: Listen, twin_ids: Ids
) -> None:
    """Play the timeline under the policy, from its beginning or from where an earlier run broke off.

    `twin_ids` makes the same ids as the home's own source does.
    """
    home.adopt(policy, timeline[0].at - 1)
    progress = home.progress() if isinstance(home, Postgres) else None
    if not isinstance(home, Postgres) or progress is None:
        home.play(timeline, react=react, listen=listen)
        return
    twin = Memory(twin_ids, guard=None)
    twin.adopt(policy, timeline[0].at - 1)
    twin.play(timeline, react=react, listen=listen, until=progress.until)
    home.resume(twin.answers(), twin_ids.mark())
    rest = [submission for submission in timeline if submission.at > progress.until]
    home.play(rest, react=react, listen=listen)
