"""What a school needs before the roll-out: a checklist, and pictures of what a pupil will see."""
