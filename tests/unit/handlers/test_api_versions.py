"""ApiVersions, and the table of what is served and advertised."""

import pytest

from kafkaemu.handlers.index import HANDLERS
from kafkaemu.handlers.served import UNADVERTISED, advertised, served
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersionsRequest
from tests.support.metadata import ask, metadata_context

PLAIN = ApiVersionsRequest(client_software_name="a.b-c", client_software_version="1.0")


def test_what_is_advertised_has_a_handler_and_lies_within_kafkas_range() -> None:
    context = metadata_context()
    answer = ask(context, PLAIN, 4)
    told = {api.api_key: (api.min_version, api.max_version) for api in answer.api_keys}
    assert list(told) == sorted(HANDLERS.keys() - UNADVERTISED)
    assert told[18] == (0, 4)
    assert told[19] == (2, 7)
    for key, (first, last) in served().items():
        assert APIS[key].oldest == first
        assert last <= APIS[key].last


def test_features_whose_lowest_level_is_zero_are_told_from_version_4_on() -> None:
    context = metadata_context()
    supported = {
        version: [(f.name, f.min_version, f.max_version) for f in ask(context, PLAIN, version).supported_features]
        for version in (3, 4)
    }
    assert supported[3] == [("metadata.version", 7, 30)]
    assert supported[4] == [("metadata.version", 7, 30), ("eligible.leader.replicas.version", 0, 1)]
    answer = ask(context, PLAIN, 3)
    assert [(f.name, f.max_version_level, f.min_version_level) for f in answer.finalized_features] == [
        ("metadata.version", 30, 30),
        ("eligible.leader.replicas.version", 1, 1),
    ]
    assert answer.finalized_features_epoch == context.image.offset


@pytest.mark.parametrize(
    ("name", "version", "code"),
    [
        ("a", "1", 0),
        ("a.b-c", "1.0", 0),
        ("", "1", 42),
        ("a", "", 42),
        ("a b", "1", 42),
        ("-a", "1", 42),
        ("a-", "1", 42),
        ("a", "1-", 42),
        ("A_1", "2", 42),
    ],
)
def test_software_names(name: str, version: str, code: int) -> None:
    request = ApiVersionsRequest(client_software_name=name, client_software_version=version)
    answer = ask(metadata_context(), request, 3)
    assert answer.error_code == code
    assert bool(answer.api_keys) == (code == 0)


def test_names_are_not_looked_at_before_version_3() -> None:
    assert ask(metadata_context(), ApiVersionsRequest(), 2).error_code == 0


def test_exceptions_of_what_is_advertised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, 0, "produce")
    monkeypatch.setitem(HANDLERS, 22, "init_producer_id")
    assert served()[0] == (3, 13)
    assert served()[22] == (0, 5)
    assert advertised({})[0] == (0, 11)
    assert advertised({"transaction.version": 2})[0] == (0, 13)
    assert advertised({})[22] == (0, 5)
