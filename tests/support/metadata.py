"""A controller with one broker, and handlers on top of it, without sockets."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.handlers.context import Answer, Context, Peer, Request
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.handlers.served import advertised
from kafkaemu.metadata.controller import Controller
from kafkaemu.world.memory import MovedClock, SeededEntropy
from kafkawire.declare import TopLevel

NOW_MS = 1_700_000_000_000


def one_broker_controller(**overrides: str) -> Controller:
    """A formatted cluster with broker 1; configs with "_" for "."."""
    config = BrokerConfig({name.replace("_", "."): value for name, value in overrides.items()})
    controller = Controller(config, SeededEntropy(7), "a-cluster")
    controller.format(NOW_MS)
    endpoints = {"PLAINTEXT": ("localhost", 9092, "PLAINTEXT"), "INSIDE": ("broker", 29092, "PLAINTEXT")}
    controller.register_broker(1, endpoints, NOW_MS)
    return controller


def metadata_context(**overrides: str) -> Context:
    """A context that has what the handlers of topics and configs need, and no replicas and groups."""
    controller = one_broker_controller(**overrides)
    clock = MovedClock(NOW_MS)
    return Context(
        config=BrokerConfig({name.replace("_", "."): value for name, value in overrides.items()}),
        clock=clock,
        entropy=SeededEntropy(8),
        waiting=WaitingRoom(Deadlines(), Deadlines(), clock.now_ms, clock.real_ms),
        controller=controller,
        replicas=cast("Any", None),
        groups=cast("Any", None),
        advertised={"PLAINTEXT": ("localhost", 9092), "INSIDE": ("broker", 29092)},
        advertised_apis=advertised(controller.image.features),
    )


def ask(context: Context, body: TopLevel, version: int, *, listener: str = "PLAINTEXT") -> Any:
    """The answer of the handler of ``body``'s API."""
    request = Request(body.KEY, version, 1, "a-client", Peer("/127.0.0.1", 50000, listener))
    module = import_module(f"kafkaemu.handlers.{HANDLERS[body.KEY]}")
    answer: Answer = module.handle(context, request, body)
    return answer
