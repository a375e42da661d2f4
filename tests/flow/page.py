"""A page as somebody without scripts has it: its words, its links, its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: where it posts to, and its fields as they stand."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """What of a page matters to the flow."""

    language: str = ""
    text: str = ""
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    focused: list[str] = field(default_factory=list)
    """Ids of what is announced (``role=alert``) and takes the focus."""
    invalid: list[str] = field(default_factory=list)
    """Names of the fields that are marked as invalid."""

    def form(self, action: str, **fields: str) -> Form:
        """The one form that posts to ``action`` (its end) and has these fields."""
        (found,) = [
            f
            for f in self.forms
            if f.action.endswith(action) and fields.items() <= f.fields.items()
        ]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._in_form = False
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.page.language = has["lang"]
        if tag == "a" and "href" in has:
            self.page.links.append(has["href"])
        if has.get("role") == "alert" and "autofocus" in has:
            self.page.focused.append(has["id"])
        if tag in ("style", "script", "rt", "rp"):
            self._hidden = tag
        if tag == "form":
            assert has["method"] == "post"
            self.page.forms.append(Form(has["action"]))
            self._in_form = True
        if tag == "input" and self._in_form and "name" in has:
            self.page.forms[-1].fields[has["name"]] = has.get("value", "")
            if "aria-invalid" in has:
                self.page.invalid.append(has["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.page.text += data


def read(html: str) -> Page:
    """The page of an answer's body."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
