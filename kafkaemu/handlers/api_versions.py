"""ApiVersions: what the broker, or its controller, can be asked, and the features of the cluster.

Behavior:
    - Answered at any time, and any number of times. [api_versions/repeated]
    - A version above 4 gets UNSUPPORTED_VERSION in the layout of version 0, and the range of ApiVersions alone (the dispatcher
      does that). [api_versions/version_too_high, at_controller/api_versions/version_too_high]
    - A software name or version that is not ASCII letters and digits, with "." and "-" between them, gets INVALID_REQUEST and
      an empty list, from version 3 on. [api_versions/software_names, api_versions/odd_software_names]
    - APIs are sorted by key; a controller tells its own. [api_versions/every_version, at_controller/api_versions/every_version]
    - The epoch of the finalized features is the offset of the last metadata record. [test:
      tests/unit/handlers/test_api_versions.py::test_features_whose_lowest_level_is_zero_are_told_from_version_4_on]

Versions:
    - 1 adds the throttle time. [api_versions/every_version]
    - 3 is flexible, but for the header of the answer; it takes the client's name and answers features.
      [api_versions/every_version, api_versions/version_too_high]
    - 4 tells supported features whose lowest level is 0, on which older Java clients choke (KAFKA-17011).
      [api_versions/every_version]
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
