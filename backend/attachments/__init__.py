"""Photos and letters of an entry: resumable upload, made safe, kept by content, shown within scope."""
