"""``python -m benchmarks.startup``: how long a broker takes from process start to listening, and which imports take it.

The start is measured with compiled bytecode, as an installed package has it, beside bare Python and ``import trio``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
COMMANDS = {
    "bare Python": ([sys.executable, "-c", "print('ready', flush=True); input()"], b"ready"),
    "import trio": ([sys.executable, "-c", "import trio; print('ready', flush=True); input()"], b"ready"),
    "kafkaemu serve": ([sys.executable, "-m", "kafkaemu", "serve", "--port", "0"], b"Listening"),
}


def environment(cache: str) -> dict[str, str]:
    """The environment of this process, with a place for bytecode."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": cache}


def until(command: list[str], word: bytes, env: dict[str, str]) -> float:
    """Milliseconds from starting ``command`` until it prints a line with ``word``."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if word in line:
                break
        else:
            raise RuntimeError(f"{command} ended without saying {word.decode()!r}")
        took_ms = (time.perf_counter() - begin) * 1000
        process.kill()
    return took_ms


def costliest_imports(env: dict[str, str], count: int) -> list[tuple[int, str]]:
    """(microseconds of its own, module) of the imports before listening."""
    command = [sys.executable, "-X", "importtime", "-m", "kafkaemu", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if b"Listening" in line:
                break
        process.kill()
        rows = [line.split(b"|") for line in process.stderr if line.startswith(b"import time:")]
    own = [(int(row[0].split(b":")[1]), row[2].strip().decode()) for row in rows[1:]]
    return sorted(own, reverse=True)[:count]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as cache:
        env = environment(cache)
        figures: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for command, word in COMMANDS.values():
            until(command, word, env)
        for _ in range(ROUNDS):
            for name, (command, word) in COMMANDS.items():
                figures[name].append(until(command, word, env))
        for name, values in figures.items():
            print(f"{name:16} {statistics.median(values):6.0f} ms ({min(values):.0f} to {max(values):.0f})")
        print("\nCostliest imports, µs of their own:")
        for own_us, module in costliest_imports(env, 15):
            print(f"{own_us:8} {module}")


if __name__ == "__main__":
    main()
