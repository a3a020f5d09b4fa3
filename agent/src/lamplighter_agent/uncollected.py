"""Building very many small things without the collector of rubbish looking through them meanwhile."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Rest the collector of rubbish while very many small things are built that all stay: it finds nothing.

    Looking costs a quarter of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
