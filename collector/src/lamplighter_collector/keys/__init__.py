"""What keeps a person's words unreadable at rest: secrets, the key ring, and sealing of single fields."""
