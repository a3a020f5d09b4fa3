"""A program of the person that lays a window over the strip, or makes it transparent."""

import sys

import win32con
import win32gui

from tests.wine.inside.report import Report


def main(report: Report, what: str) -> None:
    if what == "transparent":
        strip = win32gui.FindWindow(None, "Lamplighter")
        layered = win32gui.GetWindowLong(strip, win32con.GWL_EXSTYLE) | win32con.WS_EX_LAYERED
        win32gui.SetWindowLong(strip, win32con.GWL_EXSTYLE, layered)
    else:
        above = win32con.WS_EX_TOPMOST | win32con.WS_EX_TOOLWINDOW
        frame = win32con.WS_POPUP | win32con.WS_VISIBLE
        win32gui.CreateWindowEx(above, "STATIC", "", frame, 0, 0, 2000, 200, 0, 0, 0, None)
    report.say(done=what)
    win32gui.PumpMessages()


if __name__ == "__main__":
    main(Report(sys.argv[1]), sys.argv[2])
