"""Which APIs are built: api key -> module of this package. An API that is not here is not advertised and not served."""

from __future__ import annotations

HANDLERS: dict[int, str] = {
    3: "metadata",
    18: "api_versions",
    19: "create_topics",
    20: "delete_topics",
    32: "describe_configs",
    60: "describe_cluster",
}
