"""Which profile belongs to a release. The facts about past releases are imported only for one of them."""

from __future__ import annotations

from kafkaemu.config.profiles import CURRENT, Profile


def profile_of(release: str) -> Profile:
    """The profile of a release: ``3.9``, or ``3.9.1``. Raises `kafkawire.releases.UnknownRelease`, one sentence."""
    if release == CURRENT.release:
        return CURRENT
    from kafkaemu.config.past_releases import past_profile

    return past_profile(release)
