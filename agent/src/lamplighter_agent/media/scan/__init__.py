"""Looking through a portable medium for malware, in a process of its own."""
