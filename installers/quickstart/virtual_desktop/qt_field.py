"""A window with one Qt line edit, run as a script: `qt_field.py TITLE [password]`."""

import sys

from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget


def main() -> None:
    """Show the field, focused, until the window closes."""
    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle(sys.argv[1])
    first, second = QLineEdit(), QLineEdit()
    if "password" in sys.argv[2:]:
        first.setEchoMode(QLineEdit.EchoMode.Password)
    layout = QVBoxLayout(window)
    layout.addWidget(first)
    layout.addWidget(second)
    window.resize(400, 120)
    window.show()
    first.setFocus()
    application.exec()


if __name__ == "__main__":
    main()
