"""A broker that offers little and dies of one request: what the runner meets elsewhere.

    python toy_broker.py PORT

ApiVersions, ListGroups 0 to 2 and DescribeGroups 0; asked to describe the group ``poison`` it says so and is gone.
"""

from __future__ import annotations

import os
import socketserver
import sys

from kafkawire import compiler
from kafkawire.messages.api_versions import ApiVersion, ApiVersionsResponse
from kafkawire.messages.describe_groups import DescribeGroupsResponse
from kafkawire.messages.list_groups import ListedGroup, ListGroupsResponse

OFFERED = {15: (0, 0), 16: (0, 2), 18: (0, 0)}


def answer(frame: bytes) -> bytes:
    """The body of the answer to a request."""
    key, version = (int.from_bytes(frame[at : at + 2], "big") for at in (0, 2))
    if b"poison" in frame:
        print("panic: that was poison", flush=True)
        os._exit(3)
    if version > OFFERED[key][1]:
        raise ConnectionError("not offered")
    if key == 18:
        keys = [ApiVersion(api_key=key, min_version=low, max_version=high) for key, (low, high) in OFFERED.items()]
        return compiler.encode(ApiVersionsResponse(api_keys=keys), version)
    if key == 16:
        groups = [ListedGroup(group_id="g", protocol_type="consumer")]
        return compiler.encode(ListGroupsResponse(groups=groups), version)
    return compiler.encode(DescribeGroupsResponse(), version)


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Answers until the client goes."""
        while head := self.rfile.read(4):
            frame = self.rfile.read(int.from_bytes(head, "big"))
            reply = frame[4:8] + answer(frame)
            self.wfile.write(len(reply).to_bytes(4, "big") + reply)


class Server(socketserver.ThreadingTCPServer):
    """Accepts connections; what goes wrong on one closes it."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing to tell."""


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
