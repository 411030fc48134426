"""``python -m kafkaemu`` is the ``kafkaemu`` command."""

from kafkaemu.cli.main import main

main()
