"""A Qt window with a secret line edit and a plain one: `qt_fields.py NAME`; its title tells their lengths."""

import sys

from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget


def main() -> None:
    """Show both line edits until the window closes; the password has the focus."""
    application = QApplication(sys.argv[:1])
    window, secret, plain = QWidget(), QLineEdit(), QLineEdit()
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    layout = QVBoxLayout(window)

    def tell() -> None:
        window.setWindowTitle(f"{sys.argv[1]} {len(secret.text())} {len(plain.text())}")

    for edit in (secret, plain):
        layout.addWidget(edit)
        edit.textChanged.connect(tell)
    tell()
    window.show()
    secret.setFocus()
    application.exec()


if __name__ == "__main__":
    main()
