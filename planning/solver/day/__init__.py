"""One day of the operating theatre, in order: who starts when, in the rooms already chosen (docs/ordonnancement.md)."""
