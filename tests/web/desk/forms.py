"""Pages of the desk as a browser without scripts has them: controls are found by their labels, filled in, and sent with
the form that they belong to, as it stands on the page.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from lxml import html

from app.web.texts import english
from tests.web.desk.signed_in import DeskClient

_TEXTS = english()
_CONTROLS = {"input", "select", "textarea", "button"}
# Kinds of `input` that are sent as they are, whatever is on the page.
_TICKED = {"checkbox", "radio"}


class DeskPage:
    """One page. Labels, buttons and links are named by their texts in the catalogue, with `values` where they have any,
    or by their words where these are data. `within` is the id of the part of the page that they stand in.
    """

    def __init__(self, desk: DeskClient, path: str, answer: Any = None) -> None:
        answer = desk.get(path) if answer is None else answer
        while answer.status_code == 303:
            path = answer.headers["Location"]
            answer = desk.get(path.partition("#")[0])
        self.desk, self.path, self.status, self.text = desk, path, answer.status_code, answer.text
        self._root = html.document_fromstring(answer.text)
        self._files: dict[Any, tuple[str, bytes]] = {}

    @property
    def refusal(self) -> str | None:
        """What the page says went wrong; None if nothing did."""
        found = self._root.xpath("//*[@role='alert']")
        return words_of(found[0]) if found else None

    @property
    def heading(self) -> str:
        """What stands above the page."""
        return words_of(self._root.find(".//h1"))

    def fill(self, label: str, value: str, /, within: str | None = None, **values: Any) -> "DeskPage":
        """Write into the control with a label, or choose the option with this value or with these words."""
        control = self._control(label, within, values)
        if control.tag == "select":
            self._choose(control, value)
        elif control.tag == "textarea":
            control.text = value
        else:
            assert len(value) <= int(control.get("maxlength", len(value)))
            control.set("value", value)
        return self

    def value(self, label: str, /, within: str | None = None, **values: Any) -> str:
        """Return what stands in the control with a label."""
        return str(self._control(label, within, values).get("value"))

    def tick(self, label: str, /, within: str | None = None, **values: Any) -> "DeskPage":
        """Tick the box with a label."""
        self._control(label, within, values).set("checked", "checked")
        return self

    def choose_file(self, label: str, name: str, data: bytes) -> "DeskPage":
        """Choose a file in the control with a label."""
        self._files[self._control(label, None, {})] = (name, data)
        return self

    def press(self, button: str, /, within: str | None = None, **values: Any) -> "DeskPage":
        """Press a button, and return the page to which that leads."""
        found = self._pressable(button, within, values)
        assert len(found) == 1, f"{len(found)} buttons {button} in {within or self.path}:\n{self.text}"
        [pressed] = found
        form = self._form_of(pressed)
        path = urljoin(self.path, pressed.get("formaction") or form.get("action") or self.path.partition("#")[0])
        fields: dict[str, list[str]] = defaultdict(list)
        files = []
        for control in self._root.iter(*_CONTROLS):
            if self._form_of(control) is not form or control.get("disabled") is not None or not control.get("name"):
                continue
            if control.get("type") == "file":
                chosen = self._files.get(control)
                assert chosen or control.get("required") is None, f"{control.get('name')} asks for a file"
                files.append((control.get("name"), chosen or ("", b"")))
            for value in self._sent(control, pressed):
                fields[control.get("name")].append(value)
        if form.get("method") != "post":
            return DeskPage(self.desk, f"{path.partition('?')[0]}?{urlencode(fields, doseq=True)}")
        is_form_data = form.get("enctype") == "multipart/form-data"
        more = {"files": files} if is_form_data else {}
        return DeskPage(self.desk, path, self.desk.send(path, fields, **more))

    def follow(self, link: str, /, within: str | None = None, **values: Any) -> "DeskPage":
        """Follow a link."""
        text = _text(link, values)
        found = [one for one in self._part(within).iter("a") if _own_words(one) == text]
        assert len(found) == 1, f"{len(found)} links {link} in {within or self.path}"
        return DeskPage(self.desk, urljoin(self.path, found[0].get("href")))

    def offers(self, text: str, /, within: str | None = None, **values: Any) -> bool:
        """Tell whether there is a button or a control with this text."""
        words = _text(text, values)
        return any(_own_words(one) == words for one in self._part(within).iter("button", "label"))

    def turn(self, begins: str) -> str:
        """Return the id of the one turn that begins so."""
        [found] = [one for one in self.parts("desk-turn") if self.words(one).startswith(begins)]
        return found

    def part_named(self, css_class: str, name: str) -> str:
        """Return the id of the one part with a class that names somebody."""
        parts = self._root.find_class(css_class)
        [found] = [one for one in parts if name in map(words_of, one.iter("bdi"))]
        return str(found.get("id"))

    def parts(self, css_class: str) -> list[str]:
        """Return the ids of the parts with a class."""
        return [str(one.get("id")) for one in self._root.find_class(css_class)]

    def has(self, part: str) -> bool:
        """Tell whether there is a part with this id."""
        return bool(self._root.xpath("//*[@id=$id]", id=part))

    def words(self, part: str) -> str:
        """Return what is said in a turn."""
        return words_of(self._part(part).find_class("words")[0])

    def parts_beside(self, css_class: str, part: str) -> list[str]:
        """Return the ids of the parts with a class that stand in the same section as a part."""
        section = next(self._part(part).iterancestors("section"))
        return [str(one.get("id")) for one in section.find_class(css_class)]

    def _pressable(self, button: str, within: str | None, values: dict[str, Any]) -> list[Any]:
        text = _text(button, values)
        buttons = self._part(within).iter("button")
        return [one for one in buttons if _own_words(one) == text and one.get("disabled") is None]

    def _part(self, within: str | None) -> Any:
        if within is None:
            return self._root
        [part] = self._root.xpath("//*[@id=$id]", id=within)
        return part

    def _control(self, label: str, within: str | None, values: dict[str, Any]) -> Any:
        text = _text(label, values)
        found = [one for one in self._part(within).iter("label") if _own_words(one) == text]
        assert len(found) == 1, f"{len(found)} labels {text!r} in {within or self.path}:\n{self.text}"
        [control] = self._root.xpath("//*[@id=$id]", id=found[0].get("for"))
        return control

    def _choose(self, select: Any, value: str) -> None:
        options = list(select.iter("option"))
        found = [one for one in options if value == one.get("value") or value in words_of(one)]
        assert len(found) == 1, f"{value!r} is not one of {[words_of(one) for one in options]}"
        for option in options:
            option.attrib.pop("selected", None)
        found[0].set("selected", "selected")

    def _form_of(self, control: Any) -> Any:
        named = control.get("form")
        if named is not None:
            [form] = self._root.xpath("//form[@id=$id]", id=named)
            return form
        return next(control.iterancestors("form"), None)

    def _sent(self, control: Any, pressed: Any) -> Iterator[str]:
        """Yield what a control sends: at most one value."""
        kind = control.get("type")
        if control.tag == "button":
            if control is pressed:
                yield control.get("value", "")
        elif control.tag == "select":
            options = list(control.iter("option"))
            selected = [one for one in options if one.get("selected") is not None]
            yield (selected or options)[-1 if selected else 0].get("value", "")
        elif control.tag == "textarea":
            # A line break at the beginning is the page's.
            yield (control.text or "").removeprefix("\n")
        elif kind in _TICKED:
            if control.get("checked") is not None:
                yield control.get("value", "on")
        elif kind != "file":
            value = control.get("value", "")
            assert value or control.get("required") is None, f"{control.get('name')} has to be filled in"
            yield value


def _text(name: str, values: dict[str, Any]) -> str:
    return html.fromstring(f"<p>{_TEXTS(name, **values)}</p>").text if _TEXTS.has(name) else name


def words_of(element: Any) -> str:
    """Return all words of an element."""
    return " ".join(element.text_content().split())


def _own_words(element: Any) -> str:
    """Return the words of an element without those of badges and the like that stand in it."""
    return " ".join((element.text or "").split()) or words_of(element)
