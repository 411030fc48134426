"""A run as text, JUnit XML and a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs

from kafkaconform.outcome import ABSENT
from kafkaconform.reports.html import page
from kafkaconform.reports.junit import junit, write_junit
from kafkaconform.reports.matrix import Cell, matrix
from kafkaconform.reports.places import meaning, place, sentence
from kafkaconform.reports.side_by_side import ROWS_MAX, Row, side_by_side
from kafkaconform.reports.text import failure, not_run, summary
from kafkaconform.results import Asked, Difference, Outcome
from tests.support.runs import BROKEN, EVERYTHING, FAILED, HISTORY, KNOWN, NOT_RUN, PASSED, SCENARIO, run_of, step

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Page(HTMLParser):
    """What stands in a page: its tags in order, the text below each, its ids and links; tags must close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.texts.append(data.strip())

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.tags if name == tag)


def test_a_place_names_the_request_and_the_field() -> None:
    assert place(FAILED, FAILED.differences[0]) == "Fetch v11: error_code"
    assert place(FAILED, Difference("steps[1].outcome", 1, 2)) == "Fetch v11: what came"
    assert place(FAILED, Difference("steps[9].outcome", 1, 2)) == "step 10: what came"
    assert place(FAILED, Difference("elsewhere", 1, 2)) == "elsewhere"
    assert (
        sentence(FAILED, FAILED.differences[0])
        == "Fetch v11: error_code: expected 3 UNKNOWN_TOPIC_OR_PARTITION, was 6 NOT_LEADER_OR_FOLLOWER"
    )


def test_only_numbers_of_errors_have_names() -> None:
    assert meaning("topics[0].error_code", 36) == " TOPIC_ALREADY_EXISTS"
    assert [meaning("topics[0].error_code", value) for value in (9999, ABSENT, None)] == ["", "", ""]
    assert meaning("throttle_time_ms", 0) == ""


def test_apis_that_are_told_of_by_key_have_names() -> None:
    told = Difference("steps[1].outcome.answer.api_keys.24", "0-5", ABSENT)
    assert place(FAILED, told) == "Fetch v11: api_keys.24 (AddPartitionsToTxn)"
    assert place(FAILED, Difference("steps[1].outcome.answer.api_keys.4", "", "")) == "Fetch v11: api_keys.4"
    (_, keys, row) = side_by_side({"api_keys": {"1": "4-18"}}, {"api_keys": {"1": "4-17"}})
    assert (keys.name, row.name) == ("api_keys", "1 (Fetch)")


def test_what_is_cut_shows_where_it_differs() -> None:
    begin = "The update failed for all features since the following feature had an error: "
    told = sentence(FAILED, Difference("x", f"{begin}no such level, {'.' * 60}", f"{begin}no such name"))
    assert told == f'x: expected …error: no such level, {"." * 36}…, was …error: no such name"'


def test_a_failure_is_told_in_a_few_lines_however_much_differs() -> None:
    assert failure(FAILED) == [
        "fetch/unknown_topic: Unknown: 3.",
        "    Fetch v11: error_code: expected 3 UNKNOWN_TOPIC_OR_PARTITION, was 6 NOT_LEADER_OR_FOLLOWER",
    ]
    many = attrs.evolve(FAILED, differences=FAILED.differences * 30)
    assert failure(many)[-1] == "    … and 25 more differences"
    assert len(failure(many)) == 7


def test_the_summary_counts_each_kind_and_says_why_something_was_not_run() -> None:
    assert list(summary(run_of(*EVERYTHING))) == [
        "127.0.0.1:9092 against Apache Kafka 4.3.1, 2.0 s:",
        "  probes: 1 passed, 2 failed, 1 known",
        "  scenarios: 1 passed, 1 not run",
        "  histories: 1 failed",
        "  not run (1): apt-get install default-jre",
    ]


def test_clients_that_lack_the_same_are_told_with_one_command() -> None:
    install = "kafkaconform clients install"
    missing = [
        attrs.evolve(NOT_RUN, path=path, reason=f"{client} is not installed: {install} {client}")
        for path in ("one-1/resume", "two-2/resume", "one-1/restart")
        for client in [path.partition("/")[0]]
    ]
    assert not_run(run_of(*missing, NOT_RUN)) == {
        f"2 clients are not installed: {install} one-1 two-2": 3,
        NOT_RUN.reason: 1,
    }
    assert not_run(run_of(missing[0])) == {missing[0].reason: 1}


def test_two_outcomes_stand_side_by_side_and_what_is_alike_is_folded() -> None:
    left, right = step(3)["outcome"], step(6)["outcome"]
    assert side_by_side(left, right) == [
        Row(0, "outcome", "", "", True),
        Row(1, "answer", "", "", True),
        Row(2, "throttle_time_ms", "0", "0", False),
        Row(2, "error_code", "3 UNKNOWN_TOPIC_OR_PARTITION", "6 NOT_LEADER_OR_FOLLOWER", True),
        Row(2, "name", '"<b>&"', '"<b>&"', False),
        Row(2, "groups", "[1, 2, 3, 4]", "[1, 2, 3, 4]", False),
    ]
    rows = side_by_side([1, 2, 3, 4, 5], [1, 2, 3, 4, 6, None])
    assert [(row.name, row.differs) for row in rows] == [
        ("outcome", True),
        ("[0] … [3]", False),
        ("[4]", True),
        ("[5]", True),
    ]
    assert (rows[-1].expected, rows[-1].actual) == (ABSENT, "null")
    assert side_by_side("closed", {"a": 1}) == [Row(0, "outcome", '"closed"', '{"a": 1}', True)]
    assert side_by_side(0, False)[0].differs


def test_a_long_outcome_says_how_much_of_it_is_not_shown() -> None:
    rows = side_by_side(list(range(1000)), list(range(1, 1001)))
    assert len(rows) == ROWS_MAX + 1
    assert rows[-1].name == f"… and {1001 - ROWS_MAX} more rows"


def test_the_matrix_adds_up_what_was_asked_of_each_version() -> None:
    found = matrix([PASSED, FAILED, KNOWN])
    assert list(found) == ["Fetch", "Metadata", "ListGroups"]
    assert found["Fetch"] == {11: Cell(3, 2)}
    assert {api: cell.outcome for api, cells in found.items() for cell in cells.values()} == {
        "Fetch": Outcome.FAILED,
        "Metadata": Outcome.PASSED,
        "ListGroups": Outcome.KNOWN,
    }


def test_junit_counts_agree_with_its_cases_and_the_order_of_parts_is_that_of_the_schema() -> None:
    root = junit(run_of(*EVERYTHING))
    assert root.tag == "testsuites"
    assert [suite.get("id") for suite in root] == [str(number) for number in range(len(root))]
    names = [(suite.get("package"), suite.get("name")) for suite in root]
    assert len(set(names)) == len(names)
    for suite in root:
        tags = [part.tag for part in suite]
        assert tags == ["properties", *["testcase"] * (len(tags) - 3), "system-out", "system-err"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
        assert suite.get("hostname") == "127.0.0.1"
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(attribute, "")) == len(list(suite.iter(tag)))
    assert {case.get("name") for case in root.iter("testcase")} >= {"unknown_topic", "round_trip:gzip"}
    assert all(part.get("type") and part.get("message") for part in root.iter("failure"))


def test_junit_holds_nothing_that_xml_cannot(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    write_junit(run_of(BROKEN), file)
    (problem,) = ET.parse(file).getroot().iter("failure")
    assert problem.get("message") == "no answer came \ufffd"


def test_the_page_is_whole_and_needs_nothing_but_itself() -> None:
    found = Page(page(run_of(*EVERYTHING)))
    tags = {tag for tag, _ in found.tags}
    assert tags >= {"main", "nav", "h1", "h2", "table", "details", "summary"}
    assert not tags & {"script", "link", "img", "iframe"}
    assert not [a for _, a in found.tags if "src" in a]
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in found.all("a")} == {f"#{name}" for name in ids}
    assert all(a.get("scope") for a in found.all("th"))
    assert "http" not in page(run_of(*EVERYTHING))


def test_the_page_shows_request_and_answers_of_each_difference_as_they_are() -> None:
    found = Page(page(run_of(*EVERYTHING)))
    text = "\n".join(found.texts)
    for said in ("fetch/unknown_topic", '{"max_wait_ms": 7}', "error_code", '"<b>&"', "not built", "no answer came"):
        assert said in text
    assert HISTORY.reason in text
    assert "Not as expected" in text
    assert "As expected" in "\n".join(Page(page(run_of(PASSED))).texts)


def test_the_page_of_a_run_without_probes_leaves_their_parts_out() -> None:
    assert {a.get("id") for a in Page(page(run_of(HISTORY))).all("h2")} == {"histories", "about"}


def test_a_client_stands_in_the_page_once_although_its_restart_comes_last() -> None:
    restart = attrs.evolve(SCENARIO, path="kafkajs-2.2.4/restart")
    assert Page(page(run_of(SCENARIO, NOT_RUN, restart))).texts.count("kafkajs-2.2.4") == 1


def test_a_run_beside_another_broker_says_so() -> None:
    assert "against the broker at b:1" in page(run_of(PASSED, beside="b:1"))


def test_a_thousand_checks_make_a_page_of_a_few_megabytes() -> None:
    results = [attrs.evolve(FAILED, path=f"fetch/p{n}", asked=(Asked("Fetch", n % 18, 9, n % 9),)) for n in range(1000)]
    assert len(page(run_of(*results))) < 3_000_000
