"""What stands between the paragraphs of a text that is made of several turns."""

PARAGRAPH = "\n\n"
