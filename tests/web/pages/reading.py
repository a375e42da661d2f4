"""A page as a reader gets it: its text, its elements, what points where."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
_NOT_TEXT = frozenset({"style", "script"})


@dataclass
class Element:
    """One element with its attributes and the text inside it, readings of ruby left out."""

    name: str
    attributes: dict[str, str]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


@dataclass
class Page:
    """Every element in the order of the source."""

    elements: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            e
            for e in self.elements
            if e.name == tag and all(e.attributes.get(k) == v for k, v in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def text(self) -> str:
        return self.one("html").text

    @property
    def ids(self) -> list[str]:
        return [e["id"] for e in self.elements if "id" in e.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.page.elements.append(element)
        if tag in _VOID:
            return
        if tag == "li":
            self._leave("li", within=("ul", "ol"))
        if tag in ("dt", "dd"):
            self._leave("dt", within=("div",))
            self._leave("dd", within=("div",))
        self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self._leave(tag, within=())

    def handle_data(self, data: str) -> None:
        names = {e.name for e in self._open}
        if names & _NOT_TEXT or names & {"rt", "rp"}:
            return
        for element in self._open:
            element.text += data

    def _leave(self, tag: str, within: tuple[str, ...]) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].name in within:
                return
            if self._open[index].name == tag:
                del self._open[index:]
                return


def read(html: str) -> Page:
    """The page of a reply's body."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
