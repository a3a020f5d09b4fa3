"""What tells this machine from every other one: what each system's backend of it promises.

Facts of hardware are the firmware's, and makers leave rubbish there; what is rubbish `machine.py` says. A
backend returns what it finds, asks nobody over the network, and never raises: what can't be read is empty.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """As the system says them; each empty where it does not."""

    # Of the mainboard, made when it was.
    product_uuid: str = ""
    # Of the whole machine: what stands on its underside.
    serial: str = ""
    # Of the installed system. A copy of its disk has the same.
    system_id: str = ""
