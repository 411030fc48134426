"""ApiVersions: what a broker says it serves."""

from kafkaconform.outcome import Tree
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkaconform.wire import request_frame
from kafkawire.messages.api_versions import ApiVersionsRequest

REQUEST = ApiVersionsRequest(client_software_name="kafkaconform", client_software_version="1.0")


def by_key(answer: dict[str, Tree]) -> dict[str, Tree]:
    """APIs and features by key and name, so that a broker with fewer of them differs in those only.

    The epoch of the finalized features is an offset of the metadata log, which moves on.
    """
    if answer.get("finalized_features_epoch", -1) >= 0:
        answer["finalized_features_epoch"] = "<offset>"
    keys = [api["api_key"] for api in answer["api_keys"]]
    answer["sorted_by_key"] = keys == sorted(keys)
    answer["api_keys"] = {
        str(api["api_key"]): f"{api['min_version']}-{api['max_version']}" for api in answer["api_keys"]
    }
    for features in ("supported_features", "finalized_features"):
        named = sorted(answer.get(features, []), key=lambda feature: str(feature["name"]))
        if features in answer:
            answer[features] = {feature.pop("name"): feature for feature in named}
    return answer


@probe
def every_version(session: Session) -> None:
    """Every version lists the same APIs; features come with version 3, feature versions from 0 with 4."""
    session.connect().ask_all_versions(REQUEST, view=by_key)


@probe
def version_too_high(session: Session) -> None:
    """A version above the range is answered in the layout of version 0: error 35 and only ApiVersions
    itself.
    """
    connection = session.connect()
    connection.send_bytes(request_frame(18, 5, b"\x01\x01\x00", flexible=True, correlation_id=77))
    connection.ask(REQUEST, 3, view=by_key)


@probe
def software_names(session: Session) -> None:
    """From version 3 on the client's software name and version must be plain words: 42 otherwise."""
    connection = session.connect()
    for name, version in (
        ("", "1.0"),
        ("kafkaconform", ""),
        ("-dash", "1"),
        ("dash-", "1"),
        ("a b", "1"),
        ("a.b-c", "1.0-x"),
    ):
        request = ApiVersionsRequest(client_software_name=name, client_software_version=version)
        connection.ask(request, 3, view=only_error)
    connection.ask(ApiVersionsRequest(client_software_name="", client_software_version=""), 0, view=only_error)


def only_error(answer: dict[str, Tree]) -> dict[str, Tree]:
    """The error and how many APIs are listed with it."""
    return {"error_code": answer["error_code"], "api_keys": f"{min(len(answer['api_keys']), 2)} or more"}


@probe
def repeated(session: Session) -> None:
    """May be asked at any time and any number of times on one connection."""
    connection = session.connect()
    first, second = connection.send(REQUEST, 0, view=only_error), connection.send(REQUEST, 4, view=only_error)
    first.answer()
    second.answer()


@probe
def odd_software_names(session: Session) -> None:
    """Letters and digits of ASCII only, dots and dashes inside, as long as one likes; and the next request is answered."""
    connection = session.connect()
    for name in ("\u00e4", "a_b", "a..b", "a.", ".a", "a\n", "1", "A" * 300, "\u0661"):
        for version in (3, 4):
            request = ApiVersionsRequest(client_software_name=name, client_software_version="1")
            connection.ask(request, version, view=only_error)
        request = ApiVersionsRequest(client_software_name="a", client_software_version=name)
        connection.ask(request, 4, view=only_error)
