"""Losses as people write them and as libraries ship them, each with the certified derivation that it has to compute."""
