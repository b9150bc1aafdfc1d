"""`kg ui`: a page over the record that only reads it, on this machine, for whoever has its token."""
