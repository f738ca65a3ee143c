"""``python -m cli``: the ``glean`` command of this very interpreter."""

import sys

from cli import main

sys.exit(main())
