"""The running service."""

import sys

# httpx would load its own command line with all that paints it: 5 MB and 0.1 s for nothing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
