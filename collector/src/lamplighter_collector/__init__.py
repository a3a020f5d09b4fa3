"""The Lamplighter collector: receives detections and keeps the DSL's review queue."""
