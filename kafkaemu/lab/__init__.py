"""What no Kafka can do and a test wants: without this package a plain broker remains (DESIGN 12)."""
