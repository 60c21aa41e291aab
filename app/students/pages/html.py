"""HTML as a tree of elements, so that no text can become markup."""

from typing import Union
from xml.etree.ElementTree import Element, tostring

Child = Union[Element, str, None, "list[Element]"]


def tag(kind: str, /, *children: Child, **attributes: str | int | float | bool | None) -> Element:
    """An element.

    Args:
        kind: its name.
        children: elements and texts; None is left out.
        attributes: an underscore at the end is dropped, others become hyphens; None and False are left out, True has
            no value.

    >>> markup(tag("p", "1 < 2", tag("b", "yes"), class_="note", data_label="a", hidden=False))
    '<p class="note" data-label="a">1 &lt; 2<b>yes</b></p>'
    """
    made = Element(kind)
    for key, value in attributes.items():
        if value is not None and value is not False:
            made.set(key.rstrip("_").replace("_", "-"), "" if value is True else str(value))
    for child in children:
        for one in child if isinstance(child, list) else [child]:
            _append(made, one)
    return made


def markup(element: Element) -> str:
    """The element as HTML."""
    return tostring(element, encoding="unicode", method="html")


def _append(made: Element, child: Element | str | None) -> None:
    if isinstance(child, Element):
        made.append(child)
    elif child is not None and len(made):
        made[-1].tail = (made[-1].tail or "") + child
    elif child is not None:
        made.text = (made.text or "") + child
