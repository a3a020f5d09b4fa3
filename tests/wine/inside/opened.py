"""What pages are opened with, in a test: tells which one it was given."""

import sys

from tests.wine.inside.report import Report

if __name__ == "__main__":
    Report(sys.argv[1]).say(opened=sys.argv[2])
