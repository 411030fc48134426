"""What several tests need: brokers in a process of their own, fake parts, raw clients."""
