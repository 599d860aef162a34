"""Every text that we send, in four languages, and the guard that lets nothing clinical out."""
