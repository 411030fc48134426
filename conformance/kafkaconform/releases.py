"""Which versions of which API a release of Apache Kafka serves to a client: what the probes go through, and who is asked."""

#: api key -> first and last version that a KRaft broker serves. ApiVersions advertises Produce from 0, for
#: old librdkafka; a Produce below 3 closes the connection.
SERVED: dict[str, dict[int, tuple[int, int]]] = {
    "4.3.1": {
        0: (3, 13),
        1: (4, 18),
        2: (1, 11),
        3: (0, 13),
        8: (2, 10),
        9: (1, 10),
        10: (0, 6),
        11: (0, 9),
        12: (0, 4),
        13: (0, 5),
        14: (0, 5),
        15: (0, 6),
        16: (0, 5),
        17: (0, 1),
        18: (0, 4),
        19: (2, 7),
        20: (1, 6),
        21: (0, 2),
        22: (0, 5),
        23: (2, 4),
        29: (1, 3),
        30: (1, 3),
        31: (1, 3),
        32: (1, 4),
        33: (0, 2),
        34: (1, 2),
        35: (1, 5),
        37: (0, 3),
        38: (1, 3),
        39: (1, 2),
        40: (1, 2),
        41: (1, 3),
        42: (0, 2),
        43: (0, 2),
        44: (0, 1),
        45: (0, 1),
        46: (0, 0),
        47: (0, 0),
        48: (0, 1),
        49: (0, 1),
        50: (0, 0),
        51: (0, 0),
        55: (0, 2),
        57: (0, 2),
        60: (0, 2),
        61: (0, 0),
        64: (0, 0),
        65: (0, 0),
        66: (0, 2),
        71: (0, 0),
        72: (0, 0),
        74: (0, 1),
        75: (0, 0),
    }
}

#: The APIs that a controller answers to clients on a listener of its own (KIP-919); it has those of a quorum besides, and closes the
#: connection on all others.
CONTROLLER_APIS = frozenset(
    {17, 18, 19, 20, 29, 30, 31, 32, 33, 37, 38, 39, 40, 41, 43, 44, 45, 46, 49, 50, 51, 55, 57, 60, 64}
)


def served_versions(release: str, api_key: int) -> range:
    """The versions of an API that a release serves, lowest first.

    Raises:
        KeyError: the release or the API is not in the table.
    """
    first, last = SERVED[release][api_key]
    return range(first, last + 1)
