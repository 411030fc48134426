"""What releases of Kafka declare."""

from __future__ import annotations

import pytest

from kafkawire.index import APIS
from kafkawire.releases import RELEASES, Declared, UnknownRelease, declared
from tests.support.schema_walker import SCHEMAS, needs_schemas


def test_a_release_is_found_with_and_without_its_patch_number() -> None:
    assert declared("3.9") == declared("3.9.1")
    assert declared("2.2")[0] == Declared(0, "Produce", 0, 7, stable=True, on_brokers=True)
    assert declared("4.3")[22] == Declared(22, "InitProducerId", 0, 6, stable=False, on_brokers=True)
    assert not declared("4.3")[53].on_brokers
    assert 68 not in declared("3.4")
    with pytest.raises(
        UnknownRelease, match=r"no facts on release '1\.0', only on 2\.2, .*, 4\.3 and their patches, as 4\.3\.1$"
    ):
        declared("1.0")


def test_the_newest_release_declares_what_the_index_says() -> None:
    assert {key: (api.name, api.first, api.last) for key, api in declared(RELEASES[-1]).items()} == {
        api.key: (api.name, api.oldest, api.last) for api in APIS.values()
    }


@needs_schemas
def test_every_release_is_as_recorded() -> None:
    lines = (SCHEMAS.parent / "apis-by-release.tsv").read_text().splitlines()[1:]
    _, _, *releases = lines[0].split("\t")
    for column, release in enumerate(releases, 2):
        found = declared(release)
        for key, name, *texts in (line.split("\t") for line in lines[1:]):
            text = texts[column - 2]
            if text in ("-", "none"):
                assert int(key) not in found
                continue
            api = found.pop(int(key))
            versions = f"{api.first}-{api.last}" if api.first != api.last else str(api.first)
            marks = ("" if api.stable else "*") + ("" if api.on_brokers else "!")
            assert (api.name, versions + marks) == (name, text)
        assert found == {}
