"""The Lamplighter agent: what runs on a school-owned device, in the open."""
