"""`python -m app.cli`: the headless commands, without any screen."""

import sys

from app.cli import main

sys.exit(main())
