"""Which metrics clients are asked for (KIP-714)."""
