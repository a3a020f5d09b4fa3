"""What a Mac needs beside the program: the two jobs of launchd and the school's profile. Not proven."""
