"""Opens the ZIP archive of a Word document (ECMA-376)."""

from app.transcripts.archive import Archive

_MAIN_PART = "word/document.xml"


class WordArchive(Archive):
    """The archive of a Word document."""

    def main(self) -> str:
        """Return the name of the main document, from the relations of the package."""
        relations = self.read("_rels/.rels")
        for relation in relations.elements("Relationship") if relations else ():
            values = relation.attributes
            if values.get("Type", "").endswith("/officeDocument") and values.get("TargetMode") != "External":
                return values.get("Target", "").removeprefix("/")
        return _MAIN_PART
