"""What a school decides beside its lists: the device policy and its hours."""
