"""`python -m press` is `lossbook-build`."""

import sys

from press.cli import main

sys.exit(main())
