"""`python -m live_style` is `live-style`."""

from live_style.cli import main

raise SystemExit(main())
