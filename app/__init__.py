"""Quoth: interview transcripts in, questions and answers in which every word can be checked out."""
