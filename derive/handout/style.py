"""The style sheet of HTML handouts: fonts, colours by day and by night, a grid that folds on a phone. Knows classes; no document."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from derive.handout import mathml
from derive.handout.document import COLOURS, PAPER, Ink


@cache
def sheet() -> str:
    """The style sheet, with the fonts and the colours."""
    day, night = ("".join(f"--{name}: {pair[i]};" for name, pair in (("paper", PAPER), *COLOURS.items())) for i in (0, 1))
    inks = "".join(f".ink-{ink} {{ color: var(--{ink}) }}\n" for ink in Ink)
    colours = f":root {{ {day} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {night} }} }}\n"
    return "\n" + "".join(_fonts()) + colours + inks + mathml.STYLE + LAYOUT


def _fonts() -> Iterator[str]:
    """The fonts that come with the package, within the style sheet."""
    folder = files("derive.handout") / "fonts" / "web"
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".woff2")), key=lambda p: p.name):
        family = "STIX Two Math" if "Math" in path.name else "STIX Two Text"
        weight, slope = 700 if "Bold" in path.name else 400, "italic" if "Italic" in path.name else "normal"
        data = base64.b64encode(path.read_bytes()).decode()
        yield (
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slope}; '
            f'src: url("data:font/woff2;base64,{data}") format("woff2") }}\n'
        )


# Chinese is set in the reader's own fonts: one that comes with the page would be larger than all the rest.
LAYOUT = """\
:root { font-size: 17px; --under: var(--paper) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 53rem; padding: 2.4rem 1.5rem 3rem; color: var(--text); background: var(--paper);
  font: 1rem/1.5 "STIX Two Text", "STIX Two Math", Georgia, "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif }
html { background: var(--paper); color-scheme: light dark }
math { font-family: "STIX Two Math", "Cambria Math", math, "Noto Serif CJK SC", "Songti SC", SimSun, serif; font-size: 1.06em }
p, ol, ul, h1, h2, figure { margin: 0; padding: 0 }
ol, ul { list-style: none }
a { color: var(--accent) }
.said { display: block }
.kept { white-space: nowrap }
.changed { color: var(--accent) }
.wrong { color: var(--bad); background: linear-gradient(currentColor, currentColor) center / 100% 1.5px no-repeat }
.wrong.across { background: linear-gradient(to bottom right, transparent calc(50% - 1px), currentColor calc(50% - .7px) calc(50% + .7px),
  transparent calc(50% + 1px)) }
.wrong .changed { color: inherit }
.skip { position: absolute; left: -99rem }
.skip:focus { left: 1rem; top: 1rem; padding: .3rem .8rem; background: var(--paper) }

header { border-bottom: 2px solid var(--accent); padding-bottom: .7rem; margin-bottom: 1.8rem }
h1 { font-size: 1.85rem; line-height: 1.25; text-wrap: balance }
.below { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; align-items: baseline; margin-top: .35rem }
.subtitle { flex: 1 1 16rem; color: var(--accent); font-weight: 700 }
.to-write { display: flex; align-items: baseline; gap: .5rem; color: var(--quiet); font-size: .88rem }
.field { border-bottom: 1px solid var(--quiet); height: 1.2em; width: 11rem }
.date .field { width: 6rem }
.to-write .said, .label .said, nav h2 .said, .goal .said, .source .said { display: inline }

nav { margin-bottom: 2.2rem }
nav h2 { font-size: 1rem; color: var(--accent); margin-bottom: .3rem }
nav ol { columns: 2; column-gap: 2.4rem; font-size: .94rem }
nav li { display: flex; gap: .6rem; break-inside: avoid; padding: .14rem 0; align-items: start }
nav a { flex: 1; display: flex; color: inherit; text-decoration: none }
nav a:hover { color: var(--accent); text-decoration: underline }
nav .number { flex: none; width: 1.6rem; color: var(--quiet) }
nav .mark { width: .95rem; margin-top: .28rem }

section { margin-bottom: 2.7rem; scroll-margin-top: 1rem }
.heading { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem }
.source { font-size: .78rem; color: var(--quiet); white-space: nowrap }
h2 { font-size: 1.22rem; line-height: 1.35; display: flex; gap: .6rem; text-wrap: balance }
.goal { margin-top: .45rem }
.strip { margin-top: .7rem; padding: .5rem .9rem; background: var(--strip); --under: var(--strip); border-radius: 5px; display: grid;
  grid-template-columns: auto minmax(0, 1fr); gap: .4rem 1.2rem }
.strip div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline }
.strip ul { display: flex; flex-wrap: wrap; gap: .4rem 1.7rem; align-items: baseline }
.strip li { min-width: 0; max-width: 100% }
.label { color: var(--accent); font-weight: 700; font-size: .74rem; letter-spacing: .06em; text-transform: uppercase }
.instruction { margin-top: .6rem }

.rows { display: grid; grid-template-columns: auto auto auto minmax(0, 1fr) 15rem auto; margin-top: .5rem }
.row { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; padding: .42rem 0;
  min-height: 2.6rem; align-content: center; break-inside: avoid }
.row + .row { border-top: 1px solid var(--rule) }
.row .number { grid-column: 1; padding-right: .7rem; color: var(--quiet); font-size: .68rem }
.left { grid-column: 2; padding-right: .35rem }
.relation { grid-column: 3; padding-right: .35rem }
.expression { grid-column: 4; min-width: 0 }
.reason { grid-column: 5; padding-left: 1.2rem; align-self: center; color: var(--quiet); font-size: .8rem; line-height: 1.42 }
.row .mark { grid-column: 6; margin-left: .9rem; align-self: center }
.wide .expression { grid-column: 4 / 6 }
.wide .reason { grid-column: 4 / 6; padding: .35rem 0 0 }
.wide .mark { grid-row: 1 / 3 }
.line + .line { padding-left: 1.6rem; margin-top: .3rem }
del { display: block; text-decoration: none; margin-bottom: .5rem }
/* tall signs reach beyond the line of a formula: a margin takes back what keeps them from being cut off.
   A shadow on the side where there is more to scroll to: it is hidden by what scrolls with the ends of the formula */
.scrolled { overflow: auto hidden; padding-block: .45rem; margin-block: -.33rem; scrollbar-width: thin;
  background: linear-gradient(90deg, var(--under) 40%, transparent) left / 2rem 100% no-repeat local,
    linear-gradient(270deg, var(--under) 40%, transparent) right / 2rem 100% no-repeat local,
    linear-gradient(90deg, var(--rule), transparent) left / .8rem 100% no-repeat scroll,
    linear-gradient(270deg, var(--rule), transparent) right / .8rem 100% no-repeat scroll }
span.scrolled { display: inline-grid; max-width: 100% }  /* unlike that of a block, its baseline is the one of the formula */
.remark { font-size: .8rem; line-height: 1.42 }
section .remark { margin-top: .35rem }
section .remark:first-child { margin-top: 0 }
.mark { width: 1.2rem; height: auto; aspect-ratio: 1; flex: none }
.mark path { fill: none; stroke: var(--paper); stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round }
.mark .shape { fill: currentColor; stroke: none }
.hollow path { stroke: currentColor }
.hollow .shape { fill: none; stroke: currentColor; stroke-width: 2 }
.mark.ink-quiet .shape { stroke-width: 1.4 }

.dots { display: block; height: 1.9rem; padding-top: .8rem; line-height: 1.05rem; border-bottom: 1.5px dotted var(--quiet) }
.dots::before { content: "\\200b" }
.answer { margin-top: .8rem; color: var(--quiet); font-size: .88rem }
figure { margin: .6rem auto 0; max-width: 34rem }
figure svg { display: block; width: 100%; height: auto }
figcaption { text-align: center; color: var(--quiet); font-size: .86rem; margin-top: .4rem }
footer { border-top: 1px solid var(--rule); padding-top: .9rem; color: var(--quiet); font-size: .84rem }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.8rem }
.legend li { display: flex; gap: .5rem; align-items: center }
footer p { margin-top: .6rem }

@media screen and (max-width: 42rem) {
  body { padding: 1.4rem 1rem 2rem }
  h1 { font-size: 1.5rem }
  nav ol { columns: 1 }
  .strip { grid-template-columns: minmax(0, 1fr) }
  .rows { grid-template-columns: auto auto auto minmax(0, 1fr) auto }
  .left.long { grid-column: 2 / 5; margin-bottom: .3rem }
  .expression, .wide .expression { grid-column: 4 }
  .reason, .wide .reason { grid-column: 4; padding: .25rem 0 0 }
  .row .mark, .wide .mark { grid-column: 5; grid-row: 1 / span 3 }
}
@page { size: A4; margin: 19mm }
@media print {
  :root { font-size: 10.5pt }
  body { padding: 0; max-width: none }
  section { break-inside: avoid }
  h2, .strip { break-after: avoid }
  .skip { display: none }
  .scrolled { overflow: visible; background: none }
  .strip, .wrong, .mark { print-color-adjust: exact }
}
"""
