"""The page "What this device checks": what the person at the device is told, made from what really runs."""
