"""What a Mac needs beside the program: jobs of launchd, a profile, the bundle's lists. Not proven."""
