"""The command line of serve and ready: one sentence and exit code 2 for what cannot be obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkaemu.cli.main import main
from kafkaemu.cli.serve import COMMAND, configured


def ended(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command that ends."""
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    out, err = capsys.readouterr()
    return int(exit_.value.code or 0), out, err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serv"], "there is no command 'serv'"),
        (["serve", "--prot", "1"], "did you mean --port?"),
        (["serve", "--xyzzy"], "kafkaemu serve --help"),
        (["serve", "9092"], "serve has no option 9092"),
        (["serve", "--port"], "--port needs a value"),
        (["serve", "--port", "1", "--port", "2"], "--port is given twice"),
        (["serve", "--port", "ninety"], "--port is a number from 0 to 65535, not 'ninety'"),
        (["serve", "--port=65536"], "--port is a number"),
        (["serve", "--host="], "--host is empty"),
        (["serve", "--topic", "a:0"], "--topic is NAME or NAME:PARTITIONS"),
        (["serve", "--topic", "a:b"], "at least one partition"),
        (["serve", "--log-level", "loud"], "--log-level is one of"),
        (["serve", "--memory-limit", "lots"], "--memory-limit"),
        (["serve", "--memory-limit", "0"], "--memory-limit"),
        (["serve", "--memory-limit", "10"], "--memory-limit is at least 1M"),
        (["serve", "--memory-limit", "64MiB"], "as 512M or 2G, not '64MiB'"),
        (["serve", "--as-version", "2.1"], "--as-version: no facts on release '2.1', only on 2.2, 2.3, "),
        (["serve", "--listeners", "PLAINTEXT://:1", "--port", "1"], "leave out --host and --port"),
        (["serve", "--listeners", "localhost:1"], "localhost:1 to a broker endpoint; write NAME://HOST:PORT, such as"),
        (["serve", "--listeners", "PLAINTEXT://localhost:70000"], "70000"),
        (["serve", "--listeners", "PLAINTEXT://localhost:-5"], "-5"),
        (["serve", "--port", "0", "--advertised-listeners", "PLAINTEXT://localhost:70000"], "70000"),
        (["serve", "--set", "num.partitions"], "key=value"),
        (["serve", "--set", "num.partition=1"], "num.partitions"),
        (["serve", "--set", "num.partitions=x"], "num.partitions"),
        (["serve", "--config", "/nowhere/server.properties"], "/nowhere/server.properties"),
        (["ready", "--bootstrap", "localhost"], "--bootstrap is HOST:PORT"),
        (["ready", "--bootstrap", "localhost:x"], "--bootstrap is HOST:PORT"),
        (["ready", "--timeout", "0"], "--timeout is at least one second"),
        (["ready", "--timeout", "soon"], "--timeout is a whole number of seconds, not 'soon'"),
        (["ready", "--wait", "-1"], "--wait is a whole number of seconds, not '-1'"),
    ],
)
def test_a_command_line_that_cannot_be_obeyed_is_one_sentence_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ended(arguments, capsys)
    assert code == 2
    assert out == ""
    assert words in err
    assert err.startswith("kafkaemu: ")
    assert err.count("\n") == 1


STOCK_PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=INSIDE://:29092,OUTSIDE://:9092,CONTROLLER://:9093
advertised.listeners=INSIDE://broker:29092,OUTSIDE://localhost:9092,CONTROLLER://localhost:9093
inter.broker.listener.name=INSIDE
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT
num.partitions=3
"""


@pytest.mark.parametrize(
    "flags",
    [
        ["--port", "19154"],
        ["--listeners", "INSIDE://localhost:19154", "--set", "inter.broker.listener.name=INSIDE"],
        ["--host", "localhost", "--port", "19154"],
    ],
)
def test_listening_elsewhere_than_the_file_says_forgets_what_the_file_tells_clients(
    flags: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "server.properties"
    path.write_text(STOCK_PROPERTIES)
    values = COMMAND.parse(["--config", str(path), *flags])
    assert values is not None
    setup = configured(values)
    config, listeners = setup.config, setup.listeners
    assert [(one.host, one.port) for one in listeners.broker] == [("localhost", 19154)]
    assert [(one.host, one.port) for one in listeners.advertised.values()] == [("localhost", 19154)]
    assert config["num.partitions"] == 3


def test_what_the_command_line_tells_clients_stays_with_the_files_listeners(tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    path.write_text(STOCK_PROPERTIES)
    values = COMMAND.parse(
        ["--config", str(path), "--advertised-listeners", "INSIDE://other:29092,OUTSIDE://localhost:9092"]
    )
    assert values is not None
    listeners = configured(values).listeners
    assert listeners.advertised["INSIDE"].host == "other"
    assert [one.name for one in listeners.broker] == ["INSIDE", "OUTSIDE"]


def test_set_may_name_the_listener_of_brokers_beside_port() -> None:
    values = COMMAND.parse(["--port", "1", "--set", "inter.broker.listener.name=PLAINTEXT"])
    assert values is not None
    assert configured(values).listeners.inter_broker == "PLAINTEXT"


@pytest.mark.parametrize(
    "arguments", [["--help"], [], ["serve", "--help"], ["serve", "--port", "1", "-h"], ["ready", "-h"]]
)
def test_help_is_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(arguments, capsys)
    assert code == 0
    assert out.startswith("Usage: kafkaemu")
    assert err == ""


def test_the_help_of_serve_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ended(["serve", "--help"], capsys)
    for option in COMMAND.options:
        assert f"{option.name} {option.value}" in out
    assert max(map(len, out.splitlines())) <= 100


def test_version_is_the_distributions(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: {"kafkaemu": "1.2.3"}[name])
    assert ended(["--version"], capsys) == (0, "kafkaemu 1.2.3\n", "")
