"""The scenarios of a Python client, one after another."""

from __future__ import annotations

import sys
from collections.abc import Callable

from basics import Basics
from positions import Positions
from producing import Producing
from restarting import Restarting
from scenario import Client, report
from sharing import Sharing


class Scenarios(Basics, Sharing, Positions, Producing, Restarting):
    """All of them."""

    def run(self, check: str) -> None:
        """Run the check of a name as driver.py has it."""
        name, _, argument = check.partition(":")
        body = getattr(self, name)
        report(check, lambda: body(*filter(None, [argument])))


def main(connect: Callable[[str], Client]) -> None:
    """Run what is asked for, and report each."""
    bootstrap, prefix, *only = sys.argv[1:]
    client = connect(bootstrap)
    scenarios = Scenarios(client, prefix)
    codecs = [f"round_trip:{codec}" for codec in client.codecs]
    for check in only or [*codecs, "resume", "rebalance", *client.checks, "topics"]:
        scenarios.run(check)
