"""The topic vocabulary and how topics are found. Pure: files in, concepts out."""
