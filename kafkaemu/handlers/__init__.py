"""One thin module per API: wire message -> domain call -> wire message, or a parked answer.

Each module has ``handle(context, request, body) -> Answer`` and opens with a docstring of two parts, ``Behavior:`` and
``Versions:``, which is its specification. `index` says which there are; a module is imported at its API's first request.
"""
