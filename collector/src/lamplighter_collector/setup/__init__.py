"""The first run of a collector: what is asked, what is made of the answers, and what is written."""
