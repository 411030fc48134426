"""ApiVersions: what the broker, or its controller, can be asked, and the features of the cluster.

Behavior:
    Answers at any time, without looking at anything but the client's name from version 3 on: a software name or
    version that is not letters and digits, with "." and "-" between them, gets INVALID_REQUEST and an empty list. A
    version above 4 is answered in the layout of version 0 with UNSUPPORTED_VERSION and the range of ApiVersions alone
    (the dispatcher does that). The epoch of the finalized features is the offset of the last metadata record.

Versions:
    1 adds the throttle time; 3 is flexible (the header of the answer stays at version 0), takes the client's name and
    answers features; a supported feature whose lowest level is 0 is told from 4 on only, because older Java clients
    choke on it (KAFKA-17011).
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkaemu.metadata import features
from kafkawire.errors import ErrorCode
from kafkawire.messages.api_versions import (
    ApiVersion,
    ApiVersionsRequest,
    ApiVersionsResponse,
    FinalizedFeatureKey,
    SupportedFeatureKey,
)

_INNER = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-")
_OUTER = _INNER - {".", "-"}


def handle(context: Context, request: Request, body: ApiVersionsRequest) -> Answer:
    """Answer one ApiVersions request."""
    if request.version >= 3:
        if not _is_legal(body.client_software_name) or not _is_legal(body.client_software_version):
            return ApiVersionsResponse(error_code=ErrorCode.INVALID_REQUEST)
        request.peer.software_name = body.client_software_name
        request.peer.software_version = body.client_software_version
    image = context.image
    lowest = 0 if request.version >= 4 else 1
    is_broker = request.peer.endpoint_type is EndpointType.BROKER
    apis = context.advertised_apis if is_broker else context.controller_apis
    return ApiVersionsResponse(
        api_keys=[ApiVersion(api_key=key, min_version=first, max_version=last) for key, (first, last) in apis.items()],
        supported_features=[
            SupportedFeatureKey(name=name, min_version=low, max_version=high)
            for name, (low, high) in features.supported(context.profile).items()
            if low >= lowest
        ],
        finalized_features_epoch=image.offset,
        finalized_features=[
            FinalizedFeatureKey(name=name, max_version_level=level, min_version_level=level)
            for name, level in image.features.items()
        ],
    )


def _is_legal(text: str) -> bool:
    return bool(text) and text[0] in _OUTER and text[-1] in _OUTER and _INNER.issuperset(text)
