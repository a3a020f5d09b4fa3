"""Letters that look like others: a word of one alphabet that is written with letters of another.

The table is our own; it follows the idea of Unicode's TR39 for what a reader of Latin letters sees. A word
that mixes alphabets is set in one of them: Latin where every foreign letter has a Latin twin, else the other
one ("c" and "a" inside a Ukrainian word). A word wholly in Cyrillic or Greek letters stays as it is, unless
all its letters have twins and it stands alone among Latin words: the Ukrainian word for mouth is no English
word. Never changes the number of words, nor the places of characters. Pure.
"""

import re

# Cyrillic, then Greek, then Armenian and Cherokee letters and the Latin letter each is taken for.
_TWINS = {
    **dict(zip("авсԁеғһіїјкӏмнорԛгѕтѵԝхуꙅьп", "abcdefhiijklmhopqrstvwxysbn", strict=True)),
    **dict(zip("АВСЕНІЇЈКМОРԚЅТѴԜХУԌЗҮҺԀЬ", "ABCEHIIJKMOPQSTVWXYGZYHDB", strict=True)),
    **dict(zip("αβγδεηικλνορστυχωϲϳ", "abydenikivopotuxwcj", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ", "ABEZHIKMNOPTYXCj", strict=True)),
    **dict(zip("ѐёђєѓќҝқңҥғўӱӳұүӿҽөѳåӑӓǎ", "eehegkkknhfyyyyyxeooaaaa", strict=True)),
    **dict(zip("ասօզցհոկյտԁ", "wuoqghnklun", strict=True)),
    **dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃ", "ABCDEGHIJKLMPRSTVWYZ", strict=True)),
}
# Letters with no life of their own in any language's words: always the Latin letter.
_STYLED = {
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
    **dict(zip("ɑƅɓƈɗɖɛƒɠɡɦɩɨʝƙɭɫɱɳɵƥɋ", "abbcddefgghiijkllmnopq", strict=True)),
    **dict(zip("ɽʂƫʈʉʋɯʍʏʐʑɐɔəɹʇʌʞ", "rsttuvmwyzzaoertak", strict=True)),
    **{chr(0x1F130 + nth): chr(97 + nth) for nth in range(26)},
    **{chr(0x1F150 + nth): chr(97 + nth) for nth in range(26)},
    **{chr(0x1F170 + nth): chr(97 + nth) for nth in range(26)},
    **{chr(0x1F1E6 + nth): chr(97 + nth) for nth in range(26)},
}
# The first letter of each row is the usual one.
_BACK = {twin: letter for letter, twin in reversed(_TWINS.items()) if "\u0400" <= letter <= "\u04ff"}
# Letters that only somebody who plays with them takes for Latin ones: "KILL" with a turned R.
_PLAYED = _TWINS | dict(zip("яЯиИшШщдДзЗфюжч", "rRnNwWwaAeEoiwy", strict=True))
# What is Cyrillic, Greek, Armenian or Cherokee.
_FOREIGN = re.compile(r"[\u0370-\u052f\u0531-\u0587\u13a0-\u13f5\ua640-\ua69f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\uff21-\uff5a]")
_WORD = re.compile(r"\S+")
_STYLES = re.compile("[" + "".join(_STYLED) + "]")
_BLOCKS, _LATIN_SIGN = _FOREIGN.pattern[1:-1], _LATIN.pattern
# Whatever the function below changes; the last are letters in squares and circles.
_SPECIAL = re.compile(f"[{_BLOCKS}{''.join(sorted(_STYLED)[:-104])}\U0001f130-\U0001f1ff]")
# A word that may be of two alphabets. The bound keeps a token without end from costing its square.
_MIXED = re.compile(rf"(?<![\s{_BLOCKS}])(?<!^)[{_BLOCKS}]|[{_BLOCKS}]\S{{0,40}}?{_LATIN_SIGN}")
# A letter that has no twin.
_OWN = re.compile(f"(?![{''.join(_TWINS)}])[{_BLOCKS}]")
_TO_LATIN = str.maketrans(_TWINS)
_PLAYED_TO_LATIN = str.maketrans(_PLAYED)
_FROM_LATIN = str.maketrans(_BACK)
_UNSTYLED = str.maketrans(_STYLED)


def unmasked(text: str) -> str:
    """Give the text with each word in one alphabet. Words and places stay where they are."""
    if text.isascii():
        return text
    odd = _not_ascii(text)
    if not _SPECIAL.search(odd):
        return text
    if _STYLES.search(odd):
        text = text.translate(_UNSTYLED)
        odd = _not_ascii(text)
    if not _FOREIGN.search(odd):
        return text
    if _OWN.search(odd) and not _MIXED.search(odd):
        # Words of another language, as nearly always.
        return text
    setting = _Setting(text)
    return _WORD.sub(lambda word: setting.of(word[0]), text)


def _not_ascii(text: str) -> str:
    """Give the tokens in which anything may be masked: of most texts few."""
    return " ".join([token for token in text.split() if not token.isascii()])


class _Setting:
    """Which alphabets the words of a text are in."""

    def __init__(self, text: str) -> None:
        self.latin = self.foreign = False
        for word in _WORD.findall(text):
            if _LATIN.search(word):
                self.latin = True
            elif any(letter not in _TWINS for letter in _FOREIGN.findall(word)):
                self.foreign = True

    def of(self, word: str) -> str:
        """Give a word in one alphabet."""
        foreign = _FOREIGN.findall(word)
        if not foreign:
            return word
        latin = len(_LATIN.findall(word))
        has_twins = all(letter in _TWINS for letter in foreign)
        if not latin:
            return word.translate(_TO_LATIN) if has_twins and self.latin and not self.foreign else word
        if has_twins and (not self.foreign or latin > len(foreign)):
            return word.translate(_TO_LATIN)
        if latin >= len(foreign) and all(letter in _PLAYED for letter in foreign):
            return word.translate(_PLAYED_TO_LATIN)
        return word.translate(_FROM_LATIN)
