"""An invented district, made from a seed."""

from app.demo.build import DemoFacts, DemoOptions, build_demo, ensure_demo
from app.demo.digest import content_digest

__all__ = ["DemoFacts", "DemoOptions", "build_demo", "content_digest", "ensure_demo"]
