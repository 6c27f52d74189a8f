"""`python -m lossbook.book` is `lossbook-build`."""

import sys

from lossbook.book.cli import main

sys.exit(main())
