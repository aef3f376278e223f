"""One function per AT command and form; its annotated signature is the syntax."""
