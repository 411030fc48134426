"""``python -m tests.mutants NAME serve ...``: kafkaemu with the defect NAME planted in this process, and nowhere else."""

from __future__ import annotations

import sys

from kafkaemu.cli.main import main
from tests.mutants.registry import mutants

if __name__ == "__main__":
    mutants()[sys.argv[1]].plant()
    main(sys.argv[2:])
