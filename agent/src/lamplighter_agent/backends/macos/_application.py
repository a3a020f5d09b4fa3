"""The main thread's loop by AppKit: without it no item is clicked and no tap is called. Not proven."""

from typing import Any

from AppKit import (
    NSApplication,
    NSApplicationActivationPolicyAccessory,
    NSEvent,
    NSEventTypeApplicationDefined,
)
from Foundation import NSOperationQueue


class CocoaApplication:
    """Fulfils `main_loop.Application`: one without a place in the Dock."""

    def run(self) -> None:
        application = NSApplication.sharedApplication()
        application.setActivationPolicy_(NSApplicationActivationPolicyAccessory)
        application.run()

    def end(self) -> None:
        NSOperationQueue.mainQueue().addOperationWithBlock_(_stop)


def _stop() -> None:
    application: Any = NSApplication.sharedApplication()
    application.stop_(None)
    # It looks whether it was stopped only after an event.
    make = (
        NSEvent.otherEventWithType_location_modifierFlags_timestamp_windowNumber_context_subtype_data1_data2_
    )
    nothing = make(NSEventTypeApplicationDefined, (0.0, 0.0), 0, 0.0, 0, None, 0, 0, 0)
    application.postEvent_atStart_(nothing, True)
