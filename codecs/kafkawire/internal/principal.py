"""A principal as brokers pass it on to one another: a version of two bytes, then `DefaultPrincipalData`."""

from __future__ import annotations

from kafkawire.declare import Bool, String, TopLevel, record


@record(-1, versions=(0, 0), flexible=0)
class DefaultPrincipalData(TopLevel):
    """A principal, passed on in an Envelope request when a broker forwards for a client (KIP-590)."""

    type: str = String("Kind, such as User.")
    name: str = String("Name, such as alice.")
    token_authenticated: bool = Bool("Whether it came with a delegation token.")
