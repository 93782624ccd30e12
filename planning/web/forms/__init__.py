from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if not TYPE_CHECKING:
    # ModelForm is generic for the type checker only: ``ModelForm[Room]`` must also mean something when it runs.
    forms.ModelForm.__class_getitem__ = classmethod(lambda cls, _model: cls)
