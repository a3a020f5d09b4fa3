"""What is wrong with a page as a browser has laid it out: looked at in the page itself."""

from typing import Any

_LOOK = r"""
() => {
  const faults = [], width = document.documentElement.clientWidth;
  const parts = colour => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = colour => {
    const [red, green, blue] = parts(colour).slice(0, 3).map(part => {
      part /= 255;
      return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour).length === 3 || parts(colour)[3] === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  if (document.documentElement.scrollWidth > width) faults.push('the page scrolls sideways');
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, text = texts.currentNode.textContent.trim();
    if (!text || element.closest('.skip, svg') || !element.checkVisibility()) continue;
    seen += 1;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const box of range.getClientRects())
      if (box.left < -0.5 || box.right > width + 0.5) faults.push('cut off: ' + text);
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow !== 'visible')
      faults.push('hidden: ' + text);
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faults.push('contrast ' + contrast.toFixed(1) + ': ' + text);
    if (parseFloat(getComputedStyle(element).fontSize) < 16) faults.push('small: ' + text);
  }
  for (const drawing of document.querySelectorAll('svg')) {
    const box = drawing.getBoundingClientRect();
    if (box.left < -0.5 || box.right > width + 0.5) faults.push('a drawing is cut off');
  }
  const draw = (letter, element) => {
    const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
    canvas.width = canvas.height = 48;
    pen.font = '24px ' + getComputedStyle(element).fontFamily;
    pen.fillText(letter, 8, 32);
    return canvas.toDataURL();
  };
  const missing = draw('\uE0F0', document.body);
  for (const letter of new Set(document.body.innerText))
    if (letter.trim() && draw(letter, document.body) === missing) faults.push('no letter: ' + letter);
  if (seen < 20) faults.push('only ' + seen + ' texts');
  return faults;
}
"""


def faults(page: Any) -> list[str]:
    """Return what is cut off, hidden, too faint or too small, and whether the page scrolls sideways."""
    found: list[str] = page.evaluate(_LOOK)
    return found


def unfold(page: Any) -> None:
    """Open everything that is folded."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
