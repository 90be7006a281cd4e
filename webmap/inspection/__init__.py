"""In the field: the page that inspectors carry, what their devices send, and what planners make of it."""
