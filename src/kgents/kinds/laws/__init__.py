"""Laws of objects that are composed."""
