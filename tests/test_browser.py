"""The HTML of a handout in a real browser: what is asked for, what can be reached, where things stand and which colours they have."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sheets

from derive.handout import html
from derive.handout.document import COLOURS, PAPER, Document, Ink

pytest.importorskip("playwright", reason="no browser can be driven: pip install playwright")
pytest.importorskip("axe_playwright_python", reason="accessibility is not checked: pip install axe-playwright-python")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE = 1000, 390
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a document; whatever it asks for besides itself is refused and kept in `page.asked`."""
    contexts = []

    def opened(document: Document, width: int = DESKTOP, scheme: str = "light") -> Any:
        (name, data), = html.write(document, "sheet").items()
        (tmp_path / name).write_bytes(data)
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked = []

        def refuse(route: Any) -> None:
            page.asked.append(route.request.url)
            route.abort()

        own = (tmp_path / name).as_uri()
        page.route(lambda url: url != own and not url.startswith("data:"), refuse)
        page.goto(own)
        page.evaluate("document.fonts.ready")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
@pytest.mark.parametrize(("make", "languages"), [(sheets.handout, sheets.BOTH), (sheets.worksheet, ("en",)), (sheets.key, ("zh",))])
def test_accessible_quiet_and_no_wider_than_the_screen(show: Open, make: Any, languages: tuple[str, ...], width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = show(make(languages), width, scheme)
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [width, width]
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []
    assert page.asked == []


def test_what_cannot_be_read_would_be_seen(show: Open) -> None:
    """The check of accessibility checks: it finds pale words and a picture without a name."""
    from axe_playwright_python.sync_playwright import Axe

    page = show(sheets.key())
    page.evaluate("""document.querySelector('main').innerHTML = `<p style="color: #ddd">pale</p><svg role="img"></svg>`""")
    found = {v["id"] for v in Axe().run(page).response["violations"]}
    assert found >= {"color-contrast", "svg-img-alt"}


def test_a_request_would_be_seen(show: Open) -> None:
    """The counter of requests counts."""
    page = show(sheets.key())
    page.evaluate("new Promise(done => { const i = new Image(); i.onerror = done; i.src = 'https://example.org/a.png' })")
    assert page.asked == ["https://example.org/a.png"]


def test_the_fonts_are_those_of_the_file(show: Open) -> None:
    page = show(sheets.key())
    loaded = "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family.replaceAll('\"', '') + ' ' + f.weight)"
    assert sorted(set(page.evaluate(loaded))) == ["STIX Two Math 400", "STIX Two Text 400", "STIX Two Text 700"]


def boxes(page: Any, selector: str) -> list[list[float]]:
    """Left, top, right and bottom of the elements."""
    found: list[list[float]] = page.eval_on_selector_all(
        selector, "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })"
    )
    return found


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_limits_stand_above_and_below_their_sign(show: Open, width: int) -> None:
    page = show(sheets.handout(), width)
    signs, under, over = (boxes(page, f"munderover > :nth-child({k})") for k in (1, 2, 3))
    assert len(signs) > 15
    middle = [((s[0] + s[2]) / 2, (u[0] + u[2]) / 2, (o[0] + o[2]) / 2) for s, u, o in zip(signs, under, over, strict=True)]
    assert [m for m in middle if max(m) - min(m) > 4] == []  # px
    assert [(s, u, o) for s, u, o in zip(signs, under, over, strict=True) if not o[3] <= s[1] + 2 < s[3] - 2 <= u[1]] == []
    assert [(s, u) for s, u in zip(boxes(page, "munder > :nth-child(1)"), boxes(page, "munder > :nth-child(2)"), strict=True)
            if not s[3] - 2 <= u[1]] == []  # fmt: skip


def test_expressions_stand_in_line_with_each_other(show: Open) -> None:
    page = show(sheets.handout())
    for section in ("#s1", "#s4"):
        assert len({left for left, *_ in boxes(page, f"{section} .expression")}) == 1
        assert len({right for _, _, right, _ in boxes(page, f"{section} .row > .mark")}) == 1


def test_an_operator_keeps_its_distances_where_it_is_coloured(show: Open) -> None:
    page = show(sheets.handout())
    page.evaluate("""document.querySelector('main').innerHTML = `<p><math><mi>a</mi><mo form="infix">+</mo><mi>b</mi></math></p>
        <p><math><mi>a</mi><mo class="changed" form="infix">+</mo><mi>b</mi></math></p>`""")
    plain, coloured = ([left for left, *_ in boxes(page, f"p:nth-child({k}) math *")] for k in (1, 2))
    assert coloured == plain
    assert plain[2] - plain[0] > 15


def test_beside_on_a_desktop_and_below_on_a_phone(show: Open) -> None:
    for width, beside in ((DESKTOP, True), (PHONE, False)):
        page = show(sheets.handout(), width)
        expressions, reasons = (boxes(page, f"#s1 .row .{name}") for name in ("expression", "reason"))
        assert [r[0] >= e[2] for e, r in zip(expressions, reasons, strict=True)] == [beside] * 3
        assert [r[1] >= e[3] for e, r in zip(expressions, reasons, strict=True)] == [not beside] * 3


def test_a_formula_too_wide_for_a_phone_scrolls_in_its_own_box(show: Open) -> None:
    page = show(sheets.handout(), PHONE)
    wider = page.eval_on_selector_all(".expression, .goal, .strip li", """all => all.filter(e => {
        const box = e.matches('.expression') ? e : e.querySelector('.scrolled');
        const inner = box && (box.querySelector('.scrolled') || box);
        return inner && inner.scrollWidth > inner.clientWidth }).length""")
    assert wider > 3
    outside = "all => all.filter(m => !m.closest('.scrolled') && m.getBoundingClientRect().right > innerWidth).length"
    assert page.eval_on_selector_all("math", outside) == 0
    assert page.eval_on_selector_all(".scrolled", "all => all.filter(e => e.scrollHeight > e.clientHeight).length") == 0  # or it is cut off
    box = page.locator(".scrolled").last
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize(("scheme", "which"), [("light", 0), ("dark", 1)])
def test_what_changed_is_blue_by_day_and_by_night(show: Open, scheme: str, which: int) -> None:
    page = show(sheets.handout(), scheme=scheme)

    def colours(selector: str, name: str = "color") -> set[str]:
        return set(page.eval_on_selector_all(selector, f"all => all.map(e => getComputedStyle(e)['{name}'])"))

    assert colours(".changed, .changed *") == {rgb(COLOURS[Ink.ACCENT][which])}
    assert colours(".reason > p:not(.remark)") == {rgb(COLOURS[Ink.QUIET][which])}
    assert colours("h1, h2 > .number") == {rgb(COLOURS[Ink.TEXT][which])}
    assert colours("html", "backgroundColor") == {rgb(PAPER[which])}
    assert colours(".row .ink-good .shape", "fill") == {rgb(COLOURS[Ink.GOOD][which])}


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_on_paper_it_is_day_and_nothing_is_cut(show: Open) -> None:
    page = show(sheets.handout(), scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == rgb(COLOURS[Ink.TEXT][0])
    assert page.evaluate("getComputedStyle(document.querySelector('section')).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.querySelector('.scrolled')).overflowX") == "visible"


def test_the_contents_can_be_skipped(show: Open) -> None:
    page = show(sheets.handout())
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip the contents"
    assert link.bounding_box()["x"] > 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(':target').tagName") == "MAIN"
