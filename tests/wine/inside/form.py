"""A window with an ordinary and a secret field; does what its standard input says, line by line."""

import sys
import threading

import win32con
import win32gui

from tests.wine.inside.report import Report

STYLE = win32con.WS_CHILD | win32con.WS_VISIBLE | win32con.WS_BORDER | win32con.WS_TABSTOP
PASSWORD = 0x20
FOCUS = win32con.WM_USER + 1


def main(report: Report) -> None:
    frame = win32con.WS_OVERLAPPEDWINDOW | win32con.WS_VISIBLE
    window = win32gui.CreateWindow("#32770", "A form", frame, 100, 100, 300, 200, 0, 0, 0, None)
    fields = {
        "plain": win32gui.CreateWindow("EDIT", "", STYLE, 10, 10, 200, 25, window, 1, 0, None),
        "secret": win32gui.CreateWindow("EDIT", "", STYLE | PASSWORD, 10, 50, 200, 25, window, 2, 0, None),
    }

    focused = ["plain"]

    def obey() -> None:
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "title":
                win32gui.SetWindowText(window, rest)
            elif word == "say":
                told = {name: win32gui.GetWindowText(field) for name, field in fields.items()}
                report.say(focus=focused[-1], **told)
            else:
                win32gui.PostMessage(fields[word], FOCUS, 0, 0)

    win32gui.SetForegroundWindow(window)
    win32gui.SetFocus(fields["plain"])
    threading.Thread(target=obey, daemon=True).start()
    while True:
        more, message = win32gui.GetMessage(0, 0, 0)
        if not more:
            return
        if message[1] == FOCUS:
            win32gui.SetFocus(message[0])
            focused.append(next(name for name, field in fields.items() if field == message[0]))
        win32gui.TranslateMessage(message)
        win32gui.DispatchMessage(message)


if __name__ == "__main__":
    main(Report(sys.argv[1]))
