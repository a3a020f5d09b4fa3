"""Packages for Debian and Fedora around the frozen programs, made by nfpm.

`python -m installers.package agent deb OUT` makes the package and says where it is.
"""
