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
