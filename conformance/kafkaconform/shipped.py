"""What comes with the runner besides its code: inside the package where it is installed, beside it in a checkout."""

from pathlib import Path


def shipped_goldens() -> Path:
    """The folder of recorded answers of Apache Kafka."""
    return _shipped("goldens")


def shipped_known() -> Path:
    """The list of differences that kafkaemu keeps on purpose (``--known kafkaemu``)."""
    return _shipped("known-kafkaemu.toml")


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parent
    installed = package / name
    return installed if installed.exists() else package.parent / name
