"""UpdateFeatures: levels of the cluster's features, refused ones."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.update_features import FeatureUpdate, UpdateFeaturesRequest

UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE = 1, 2, 3
METADATA, ELR = "metadata.version", "eligible.leader.replicas.version"


def update(*updates: tuple[str, int, int], validate_only: bool = False) -> UpdateFeaturesRequest:
    """A request: feature, level, how."""
    return UpdateFeaturesRequest(
        feature_updates=[
            FeatureUpdate(feature=name, max_version_level=level, upgrade_type=how, allow_downgrade=how != UPGRADE)
            for name, level, how in updates
        ],
        validate_only=validate_only,
    )


@probe
def refused(session: Session) -> None:
    """Unknown features, levels out of reach, ways that do not fit: why not, in every version."""
    connection = session.connect()
    for version in session.versions(UpdateFeaturesRequest):
        for updates in (
            [("no.such.feature", 1, UPGRADE)],
            [("no.such.feature", 0, SAFE_DOWNGRADE)],
            [(METADATA, 31, UPGRADE)],
            [(METADATA, 6, UNSAFE_DOWNGRADE)],
            [(METADATA, 0, SAFE_DOWNGRADE)],
            [(ELR, 2, UPGRADE)],
            [(ELR, -1, UPGRADE)],
            [("", 1, UPGRADE)],
            [],
        ):
            connection.ask(update(*updates), version)


@probe
def downgrades(session: Session) -> None:
    """A lower level has to be called a downgrade; types that there are not."""
    connection = session.connect()
    for version in (1, 2):
        for updates in (
            [(METADATA, 29, UPGRADE)],
            [(ELR, 0, UPGRADE)],
            [(ELR, 1, 0)],
            [(ELR, 1, 4)],
            [(ELR, 1, SAFE_DOWNGRADE)],
            [(METADATA, 30, UPGRADE)],
            [(ELR, 1, UPGRADE)],
            [(ELR, 1, UPGRADE), ("no.such.feature", 1, UPGRADE)],
            [(ELR, 1, UPGRADE), (ELR, 1, UPGRADE)],
        ):
            connection.ask(update(*updates, validate_only=True), version)


@probe
def order_of_checks(session: Session) -> None:
    """Of several features that cannot be the first is told, and nothing is changed; of several faults of one: its type, its level,
    its name, its range, its way.
    """
    connection = session.connect()
    for updates in (
        [("no.such.feature", -1, 0)],
        [("no.such.feature", -1, UPGRADE)],
        [("no.such.feature", 1, SAFE_DOWNGRADE)],
        [("no.such.feature", 32_767, UNSAFE_DOWNGRADE)],
        [(METADATA, -1, SAFE_DOWNGRADE)],
        [(METADATA, 32_767, SAFE_DOWNGRADE)],
        [(METADATA, 6, 9)],
        [(METADATA, 29, UPGRADE), (ELR, -1, UPGRADE)],
        [(ELR, -1, UPGRADE), (METADATA, 29, UPGRADE)],
        [(ELR, 0, SAFE_DOWNGRADE), ("no.such.feature", 1, UPGRADE)],
    ):
        for validate_only in (True, False):
            connection.ask(update(*updates, validate_only=validate_only), 2)


@probe
def several_succeed(session: Session) -> None:
    """Of several features that can be version 1 tells each, as they were asked for."""
    connection = session.connect()
    both = [(METADATA, 30, UPGRADE), (ELR, 1, UPGRADE)]
    for updates in (both, both[::-1], [(ELR, 1, UPGRADE), (ELR, 0, UPGRADE), (ELR, 1, UPGRADE)]):
        for version in (0, 1, 2):
            connection.ask(update(*updates, validate_only=version > 0), version)
    connection.ask(update((ELR, 1, UPGRADE), (ELR, 0, UPGRADE), validate_only=True), 1)
