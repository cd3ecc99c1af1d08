"""Which branch of alternative content is read, and what stands in a drawing outside its text boxes."""

from __future__ import annotations

from ingest.docx.names import ALTERNATE, CHOICE, FALLBACK, TEXTBOX
from ingest.xml import Element


def chosen_branch(alternate: Element) -> Element | None:
    """Return the branch of an `mc:AlternateContent` that is read: the first choice, else the fallback."""
    choice = alternate.find(CHOICE)
    return choice if choice is not None and len(choice) else alternate.find(FALLBACK)


def outside_boxes(element: Element) -> list[Element]:
    """Return the elements of a drawing in order, without what stands inside its text boxes or in a fallback."""
    out: list[Element] = []
    stack = [element]
    while stack:
        node = stack.pop()
        out.append(node)
        if node.tag == ALTERNATE:
            chosen = chosen_branch(node)
            stack.extend([chosen] if chosen is not None else [])
        elif node.tag != TEXTBOX:
            stack.extend(reversed(node))
    return out
