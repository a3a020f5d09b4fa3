"""Taking detections in: validate, store exactly once, answer after the commit."""
