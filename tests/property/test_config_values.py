"""Whatever a user writes into a configuration: a value, or one sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.config.sources import parse_setting
from kafkaemu.config.table import BROKER, GROUP, TOPIC
from kafkaemu.config.values import ConfigError, java_double, text_of

keys = st.sampled_from([table[name] for table in (BROKER, TOPIC, GROUP) for name in table])
texts = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.lists(st.sampled_from(["compact", "delete", "a", "1:2", "*", ""]), max_size=4).map(",".join),
)


@given(keys, texts)
def test_a_text_is_a_value_that_is_described_as_itself_or_a_config_error(key, text: str) -> None:  # type: ignore[no-untyped-def]
    try:
        value = key.parse(text)
    except ConfigError as error:
        assert str(error)
        return
    described = text_of(value)
    assert described is not None
    again = key.parse(described)
    assert again == value or (isinstance(value, float) and math.isnan(value))


@given(st.floats(allow_nan=False))
def test_a_double_as_java_prints_it_is_the_same_double(number: float) -> None:
    text = java_double(number)
    assert float(text) == number
    assert "." in text or math.isinf(number)


endpoints = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.builds(
            "{}://{}:{}".format,
            st.sampled_from(["PLAINTEXT", "SSL", "CONTROLLER", "in", ""]),
            st.sampled_from(["", "h", "127.0.0.1", "[::1]", "0.0.0.0", "bad host"]),
            st.one_of(st.integers(-1, 70000), st.just("x")),
        ),
    ),
    max_size=4,
).map(",".join)


@given(endpoints, st.none() | endpoints, st.none() | st.text(max_size=30))
def test_listeners_are_parsed_or_refused_with_a_sentence(
    listeners: str, advertised: str | None, protocol_map: str | None
) -> None:
    overrides = {"listeners": listeners}
    if advertised is not None:
        overrides["advertised.listeners"] = advertised
    if protocol_map is not None:
        overrides["listener.security.protocol.map"] = protocol_map
    try:
        parsed = parse_listeners(BrokerConfig(overrides))
    except ConfigError as error:
        assert str(error)
        return
    assert parsed.inter_broker in parsed.advertised
    assert set(parsed.advertised) <= {endpoint.name for endpoint in (*parsed.broker, *parsed.controller)}


@given(st.text(max_size=40))
def test_a_setting_is_a_pair_or_refused(text: str) -> None:
    try:
        name, _ = parse_setting(text)
    except ConfigError:
        return
    assert name in BROKER or name.startswith("listener.name.")


def test_known_settings_are_taken() -> None:
    assert parse_setting("num.partitions=3") == ("num.partitions", "3")
    with pytest.raises(ConfigError):
        parse_setting("=3")
