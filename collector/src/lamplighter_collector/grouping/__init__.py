"""Which detections are one incident."""
