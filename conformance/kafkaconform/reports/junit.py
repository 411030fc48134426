"""A run as JUnit XML, as CI servers read it: a suite for each group of checks, what is known or was not run as skipped."""

import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

from kafkaconform.reports.text import failure
from kafkaconform.results import Outcome, Result, Run

#: Characters that XML 1.0 cannot hold.
_UNPRINTABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(run: Run, file: Path) -> None:
    """Writes the run to ``file``. Raises OSError."""
    tree = ET.ElementTree(junit(run))
    ET.indent(tree)
    tree.write(file, encoding="utf-8", xml_declaration=True)


def junit(run: Run) -> ET.Element:
    """The ``testsuites`` element."""
    root = ET.Element("testsuites")
    results = sorted(run.results, key=lambda result: (result.kind, result.api))
    for number, (_, group) in enumerate(groupby(results, key=lambda result: (result.kind, result.api))):
        root.append(_suite(run, number, list(group)))
    return root


def _suite(run: Run, number: int, results: list[Result]) -> ET.Element:
    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    first = results[0]
    suite = ET.Element(
        "testsuite",
        name=first.api,
        package=f"kafkaconform.{first.kind}",
        id=str(number),
        # Its schema knows no time zone; ours is UTC.
        timestamp=run.started[:19],
        hostname=run.bootstrap.rpartition(":")[0],
        tests=str(len(results)),
        failures=str(counts[Outcome.FAILED] + counts[Outcome.NOT_OFFERED]),
        errors="0",
        skipped=str(counts[Outcome.KNOWN] + counts[Outcome.NOT_RUN]),
        time=_seconds(sum(result.duration_s for result in results)),
    )
    properties = ET.SubElement(suite, "properties")
    told = {"bootstrap": run.bootstrap, "expected": run.expectation, **run.versions}
    for name, value in told.items():
        ET.SubElement(properties, "property", name=name, value=_printable(value))
    suite.extend(_case(result) for result in results)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    return suite


def _case(result: Result) -> ET.Element:
    name = result.path.removeprefix(f"{result.api}/")
    case = ET.Element("testcase", name=name, classname=f"{result.kind}.{result.api}", time=_seconds(result.duration_s))
    if result.outcome in (Outcome.FAILED, Outcome.NOT_OFFERED):
        differ = f"{len(result.differences)} differences"
        told = result.outcome if result.reason else "differs"
        problem = ET.SubElement(case, "failure", message=_printable(result.reason or differ), type=told)
        problem.text = _printable("\n".join(failure(result)))
    elif result.outcome is not Outcome.PASSED:
        ET.SubElement(case, "skipped", message=_printable(f"{result.outcome}: {result.reason}"))
    return case


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _seconds(duration_s: float) -> str:
    return f"{duration_s:.3f}"
