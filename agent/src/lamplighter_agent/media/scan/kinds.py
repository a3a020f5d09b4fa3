"""What kind of file something is, in a few words that say nothing of whose it is. Pure."""

PROGRAM = "program"
OTHER = "other"
_SUFFIXES = {
    "document": "doc docx odt rtf pdf xls xlsx ods csv ppt pptx odp txt md pages numbers key epub html htm",
    "picture": "jpg jpeg png gif bmp svg tif tiff heic webp psd xcf ico",
    "sound": "mp3 wav ogg flac m4a aac wma mid midi opus",
    "film": "mp4 mov avi mkv webm wmv mpg mpeg m4v",
    "archive": "zip 7z rar gz tgz bz2 xz tar iso cab",
    PROGRAM: "exe dll msi bat cmd com scr ps1 vbs js jar app apk sh deb rpm appimage lnk py pif hta",
}
_BY_SUFFIX = {ending.encode(): kind for kind, endings in _SUFFIXES.items() for ending in endings.split()}
KINDS = frozenset({*_SUFFIXES, OTHER})
# What a system starts whatever it is called.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def kind_of(name: bytes, start: bytes) -> str:
    """Return one of `KINDS` by the ending of a name, or by the first bytes where those are a program's."""
    if start.startswith(_PROGRAMS):
        return PROGRAM
    return _BY_SUFFIX.get(name.rpartition(b".")[2].lower(), OTHER)
