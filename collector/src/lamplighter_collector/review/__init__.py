"""What the DSL reviews: incidents, their sightings, and who looked at the words."""
