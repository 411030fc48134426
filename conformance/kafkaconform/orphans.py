"""Processes that end with the one that has started them, however that ends, so that nothing measured or recorded is left running."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1
#: Ties itself to its parent, whose process id it is given, and becomes the command that follows.
_TIE = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl({_PR_SET_PDEATHSIG}, {int(signal.SIGKILL)})
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent has ended already")
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as failure:
    sys.exit(f"{{sys.argv[2]}}: {{failure.strerror}}")
"""


def ends_with_parent() -> Callable[[], None] | None:
    """What `subprocess.Popen` takes as ``preexec_fn``: the child is killed as soon as the thread that starts it has ended. None where
    the system has no such tie (all but Linux): there a parent that is killed leaves its children behind.
    """
    if sys.platform != "linux":
        return None
    # Looked up before the fork, after which little may be done.
    prctl, parent, kill = ctypes.CDLL(None).prctl, os.getpid(), int(signal.SIGKILL)

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, kill)
        if os.getppid() != parent:
            os._exit(1)  # it has ended already

    return tie


def tied(command: Sequence[str]) -> list[str]:
    """What runs a command and ends it as `ends_with_parent` does, for processes with several threads, where a fork can do little more
    than run another program. A command that cannot be run says so on standard error.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), *command]
