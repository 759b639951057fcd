"""Tables: read, typed by column, encoded."""
