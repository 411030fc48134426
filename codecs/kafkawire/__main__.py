"""``python -m kafkawire``: see `kafkawire.show`."""

import sys

from kafkawire.show import main

sys.exit(main())
