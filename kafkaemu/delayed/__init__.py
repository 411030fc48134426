"""Waiting without polling: deadlines in a heap, and answers parked until something they depend on changes."""

from kafkaemu.delayed.deadlines import Deadlines, Timer
from kafkaemu.delayed.parked import Parked, Ticket, WaitingRoom

__all__ = ["Deadlines", "Parked", "Ticket", "Timer", "WaitingRoom"]
