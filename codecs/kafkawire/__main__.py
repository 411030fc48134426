"""``python -m kafkawire``: see `kafkawire.show`."""

import signal
import sys

from kafkawire.show import main

if hasattr(signal, "SIGPIPE"):
    # Ends without a word when a pager or `head` has read enough.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.exit(main())
