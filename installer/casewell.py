"""Where a frozen Casewell begins: the console script of an installed one, as a file."""

import sys

from ui.shell.launch import main

sys.exit(main())
