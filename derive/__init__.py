"""A checker for derivations: chains of equalities and inequalities, each step proved, refuted with numbers, or undecided.

The modules in load order; each imports only from above. «trusted» ones decide what is `Proved` and need the standard library
only.

| module | what it is for | |
|---|---|---|
| term | the expression tree, substitution, binders | trusted |
| model | types, givens, claims, traces, verdicts | trusted |
| expression | one expression: text → Term | trusted |
| rational | rational functions over atoms, exactly | trusted |
| atoms | the table of atoms, and the way back to terms | trusted |
| normal | the normal form of a term: identity by algebra | trusted |
| derivative | the derivative of a normal form | trusted |
| intervals | intervals with rational ends, elementary functions of them | trusted |
| enclosure | rational bounds of closed numbers | trusted |
| signs | the signs that a value may have | trusted |
| domain | where a term is defined; do the givens imply a condition | trusted |
| rules.absolute | absolute values, maxima, minima | trusted |
| rules.continuity | limits of what is put together | trusted |
| rules.explog | exponentials and logarithms | trusted |
| rules.integrals | integrals over the real line | trusted |
| rules.limits | limits that continuity does not give | trusted |
| rules.maximisers | sets of maximisers and minimisers | trusted |
| rules.order | inequalities | trusted |
| rules.powers | powers and roots | trusted |
| rules.sums | sums and products over a symbolic range | trusted |
| rules.trigonometry | circular functions | trusted |
| rules | the rule table: one named rule a line | trusted |
| claims | a claim with its definitions put in | trusted |
| known | what has been proved in the check of one step | trusted |
| limits | limits, infinite ones included | trusted |
| kernel | the instances of a trace | trusted |
| judge | does this trace prove this claim: the only judge | trusted |
| certificate | JSON → givens, terms and traces | trusted |
| witness | do values refute a step | trusted |
| recheck | a certificate, judged again | trusted |
| provers.lemmas | where a lemma might be used | |
| provers.facts | which inequalities and equivalences might help | |
| provers.match | which instances of a rule could rewrite an atom | |
| provers.squares | which squares a polynomial might be a sum of | |
| provers.tendency | which rules about limits are worth a try | |
| provers | find a trace | |
| show | Term → text, as written; what changed between two lines | |
| layout | text → statements and their parts | |
| wellformed | whether a term means anything under the types of a page | |
| given | types and hypotheses as written | |
| reasons | the words after `by` | |
| reading | text → Page | |
| page | Derivation: in Python, in Markdown, from SymPy | |
| sympy_reader | SymPy → Term | |
| sympy_bridge | Term → SymPy, and SymPy's opinion of a step | |
| jets | numbers for balls: exact, enclosed, with derivatives | |
| curves | numbers over all reals, and their integrals | |
| binders | values of sums, `all`, `argmax`, integrals | |
| pointwise | Term → closure: its value at a point | |
| balls | rigorous enclosures, two sides compared | |
| drawn | what a given function may stand for | |
| sampled | hypotheses over all reals, looked at in some places | |
| points | points inside the givens | |
| refute | search for a witness | |
| mistakes | the table of mistakes: wrong rules by name | |
| slips | what would undo a slip of the pen | |
| misled | what a line becomes by a wrong rule | |
| assumptions | what a page may have forgotten to assume | |
| approximate | Term → float at a point: a quick look | |
| diagnose | which mistake is it | |
| obstacles | what a rule that a step names would need | |
| check | one claim: prove, refute, say what is known | |
| pool | worker processes with hard limits | |
| runner | many claims, in parallel, in order | |
| terminal | text on a terminal | |
| report | outcomes → tables | |
| machine | outcomes → JSON | |
| batch | a file of derivations, one a line → a file of records | |
| record | outcomes → a certificate | |
| audit | outcomes → the audit of what was printed | |
| apart | one derivation checked in a process of its own | |
| testing | assertions for other people's tests | |
| pytest_plugin | pages as tests | |
| rounding | the one float nearest to a term's value | |
| oracle | a certified formula as a function of arrays, correctly rounded | |
| inputs | floating-point inputs inside the givens | |
| calling | the inputs of a page as arguments of a function | |
| autograd | functions that PyTorch or JAX differentiates | |
| implements | how well code computes a formula | |
| handout | which formats of handouts there are | |
| handout.formula | Term → formula: boxes, brackets, what changed | |
| handout.breaking | how wide a formula is, and where it is broken | |
| handout.document | the handout as data | |
| handout.sentences | rules as sentences | |
| handout.words | what a handout says, in two languages | |
| handout.speech | formula → words | |
| handout.plans | which expressions are drawn, and what is said of the pictures | |
| handout.plotting | a figure as SVG, PNG or PDF | |
| handout.figures | the figures of a page, from its certified expressions | |
| handout.build | outcomes → document | |
| handout.altered | a chain with one wrong line | |
| handout.worksheet | outcomes → a worksheet and its key | |
| handout.key | JSON → the key of a worksheet | |
| handout.answers | a student's block → answers | |
| handout.marks | what a student gets, as text and as JSON | |
| handout.grade | a student's page and a key → points | |
| handout.mathml | formula → MathML | |
| handout.style | the style sheet | |
| handout.html | document → HTML | |
| handout.typst | document → Typst | |
| handout.pdf | document → PDF | |
| handout.latex | formula → LaTeX | |
| handout.tex | document → LaTeX | |
| handout.markdown | document → Markdown | |
| handout.omml | formula → Office Math, the equations of Word | |
| handout.word | styles, fonts, page and marks of a Word file | |
| handout.docx | document → a Word file | |
| handout.ipynb | document → a notebook whose cells run | |
| handout.order | an order → documents and files | |
| handout.gallery | everything that can be handed out | |
| stable | what is computed in another form than it is written, and why | |
| code | what exported code is made of; how each library writes it | |
| families | which definitions are written as arrays | |
| arrays | Term → code on arrays: NumPy, PyTorch, JAX | |
| symbolic | Term → SymPy code | |
| export | outcome → a function, or LaTeX | |

`Derivation.certify`, `.of`, `.equations` and `.neighbours` are the doors that import late; so are the names of this module, so
that a certificate is judged without the modules that are not trusted.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.model import NotCertified, Outcome, Status, Verdict
    from derive.page import Derivation, derivation

__all__ = ["Derivation", "NotCertified", "Outcome", "Status", "Verdict", "derivation"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("derive.page" if name.lower() == "derivation" else "derive.model"), name)
