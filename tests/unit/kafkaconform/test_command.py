"""What the ``kafkaconform`` command says when something is missing."""

import builtins
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from kafkaconform.cli import main
from kafkaconform.reference import Reference, ReferenceUnavailable
from kafkaconform.reference.jars import cache_root, gather_jars


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_without_java_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    code, output = run("reference", "start", "--port", "19999")
    assert (code, output.count("\n")) == (1, 1)
    assert "Java 17" in output


def test_without_maven_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ReferenceUnavailable, match="Maven"):
        gather_jars("4.3.1")


def test_jars_that_are_there_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    jars = cache_root() / "kafka-4.3.1" / "jars"
    jars.mkdir(parents=True)
    (jars / "kafka-clients-4.3.1.jar").touch()
    assert gather_jars("4.3.1") == jars


def test_stop_says_so_when_nothing_runs() -> None:
    code, output = run("reference", "stop", "--port", "19999")
    assert (code, output) == (0, "No Apache Kafka 4.3.1 of ours runs on 127.0.0.1:19999.\n")


def test_a_pid_that_now_belongs_to_something_else_is_not_the_reference(tmp_path: Path) -> None:
    node = Reference(port=19999)
    node.folder.mkdir(parents=True)
    (node.folder / "pid").write_text("1")
    assert node.running_pid() is None


def test_record_without_its_extra_names_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "rich" else find_spec(name, *rest)
    )
    code, output = run("record")
    assert (code, output) == (1, "This needs the conformance extra: pip install 'kafkaemu[conformance]'\n")


@pytest.mark.parametrize("address", ["nowhere", ":9092", "host:", "host:port"])
def test_a_bootstrap_that_is_no_address_is_refused(address: str) -> None:
    code, output = run("record", "--bootstrap", address)
    assert code == 2
    assert "is not HOST:PORT" in output


def test_recording_where_nothing_can_be_stored_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, output = run("record", "--bootstrap", "127.0.0.1:1", "--goldens", str(tmp_path / "file" / "goldens"))
    assert (code, output.count("\n")) == (1, 1)
    assert "cannot be stored" in output


def test_recording_where_nobody_listens_says_so() -> None:
    code, output = run("record", "--bootstrap", "127.0.0.1:1", "--only", "api_versions/repeated")
    assert code == 1
    assert "127.0.0.1:1" in output
    assert "0 probes recorded, 1 not." in output


def test_recording_a_release_that_is_not_in_the_table_says_so() -> None:
    code, output = run("record", "--kafka-version", "0.8.2")
    assert (code, output.count("\n")) == (1, 1)
    assert "0.8.2" in output


def test_a_glob_that_matches_nothing_fails() -> None:
    assert run("record", "--only", "no_such_api") == (1, "No probe matches 'no_such_api'.\n")
    assert run("record", "--only", "a", "--only", "b")[1] == "No probe matches 'a' or 'b'.\n"


def test_the_command_needs_nothing_of_the_extra_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_rich(name: str, *rest: object) -> object:
        if name.partition(".")[0] == "rich":
            raise ImportError(name)
        return real_import(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_rich)
    assert run("--help")[0] == 0
