"""Certificates of some derivations of `proofs`, made once a session, and edits of them; for the tests of certificates."""

from __future__ import annotations

import copy
import functools
import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from derive import record
from derive.certificate import seal
from derive.check import Library, check_derivation
from derive.page import Derivation, collect_markdown, collect_module

CHAPTERS = "sigmoid likelihood signed_labels softmax information gradients maximum_likelihood worked_example audit"
Path = tuple[str | int, ...]


@functools.cache
def library() -> Library:
    """All derivations of the package."""
    return Library({d.name: d for c in CHAPTERS.split() for d in collect_module(importlib.import_module(f"proofs.{c}"))})


@functools.cache
def text_of(*names: str) -> str:
    """The certificate of derivations of the package, and of their lemmas."""
    return certify([library()[n] for n in names], library())


def of_page(page: str, name: str = "mine") -> dict[str, Any]:
    """The certificate of one page."""
    derivations = collect_markdown(f"```derive {name}\n{page}\n```\n")
    return data(certify(derivations, Library({d.name: d for d in derivations})))


def certify(derivations: list[Derivation], known: Library) -> str:
    return record.certificate(check_derivation(d, known) for d in record.with_lemmas(derivations, known))


def data(text: str) -> dict[str, Any]:
    out = json.loads(text)
    assert isinstance(out, dict)
    return out


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The places of everything in a certificate: fields, entries of lists, and what stands in them."""
    if path:
        yield path
    for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ():
        yield from leaves(inner, (*path, key))


def edited(original: dict[str, Any], path: Path, edit: str) -> dict[str, Any]:
    """A copy in which what stands at a place is changed (`change`), taken out (`drop`) or written twice (`double`)."""
    out = copy.deepcopy(original)
    holder: Any = out
    for key in path[:-1]:
        holder = holder[key]
    last: Any = path[-1]
    if edit == "drop":
        del holder[last]
    elif edit == "double":
        if isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        else:
            holder[f"{last}_"] = copy.deepcopy(holder[last])
    else:
        holder[last] = _other(holder[last])
    return out


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return {"=": "<", "<": "=", "<=": "=", "refuted": "proved", "proved": "undecided"}.get(value, f"{value} + 1" if value else "a")
    return [] if value else ["a"]  # a list or an object becomes empty; null or an empty one does not


def sealed(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate with its seals made anew, as somebody would who means to deceive."""
    for derivation in certificate.get("derivations", ()):
        if isinstance(derivation, dict) and isinstance(derivation.get("steps"), list):
            for step in derivation["steps"]:
                if isinstance(step, dict):
                    step["seal"] = seal(step)
            if all(isinstance(step, dict) for step in derivation["steps"]):
                derivation["seal"] = seal(derivation)
    if isinstance(certificate.get("derivations"), list) and all(isinstance(d, dict) and "seal" in d for d in certificate["derivations"]):
        certificate["seal"] = seal(certificate)
    return certificate
