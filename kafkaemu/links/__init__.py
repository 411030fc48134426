"""Connections from this process to brokers: the async driver of `kafkawire.client` over the network seam."""

from kafkaemu.links.link import Link, LinkBroken

__all__ = ["Link", "LinkBroken"]
