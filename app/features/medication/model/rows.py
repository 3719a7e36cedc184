"""How a record of this room stands in the file: as every frozen record does."""

from app.kernel.rows import columns, restored, seal, shape, storable, stored

__all__ = ["columns", "restored", "seal", "shape", "storable", "stored"]
