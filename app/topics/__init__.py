"""The topic vocabulary, its file formats, and suggestions of topics for questions. Pure: no database, no HTTP."""
