"""What people wrote to find out how true the alerts are: labelled titles and typed texts, and how they are scored."""
