"""Processes that end with the one that has started them, however that ends, so that nothing measured or recorded is left running."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


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
